// <turn-list>: rows of a table are dragged to another place by their [data-handle], with a mouse or a
// finger. Where a row is let go, its own form is sent: before=<data-number of the next row>, or after
// the last one. Escape puts it back. Without JavaScript, and by keyboard, the form's buttons do it.
class TurnList extends HTMLElement {
  connectedCallback() {
    for (const handle of this.querySelectorAll("[data-handle]")) handle.hidden = false
    this.addEventListener("pointerdown", (event) => this.take(event))
    this.addEventListener("pointermove", (event) => this.drag(event))
    this.addEventListener("pointerup", () => this.drop())
    this.addEventListener("pointercancel", () => this.putBack())
    this.addEventListener("keydown", (event) => event.key === "Escape" && this.putBack())
  }

  take(event) {
    const handle = event.target.closest("[data-handle]")
    if (!handle || event.button) return
    event.preventDefault()
    handle.setPointerCapture(event.pointerId)
    this.tabIndex = -1
    this.focus({ preventScroll: true }) // so that Escape is heard
    this.row = handle.closest("tr")
    this.next = this.row.nextElementSibling
    this.row.dataset.dragged = ""
  }

  drag({ clientY }) {
    if (!this.row) return
    const over = [...this.row.parentElement.rows].find((row) => {
      const box = row.getBoundingClientRect()
      return row !== this.row && clientY >= box.top && clientY < box.bottom
    })
    if (!over) return
    const box = over.getBoundingClientRect()
    over[clientY < box.top + box.height / 2 ? "before" : "after"](this.row)
    if (clientY < 80 || clientY > innerHeight - 80) scrollBy(0, clientY < 80 ? -12 : 12)
  }

  drop() {
    const { row, next } = this
    if (!row) return
    this.letGo()
    if (row.nextElementSibling === next) return
    const [side, other] = row.nextElementSibling
      ? ["before", row.nextElementSibling]
      : ["after", row.previousElementSibling]
    const form = row.querySelector("form")
    const place = Object.assign(document.createElement("input"), { type: "hidden", name: side, value: other.dataset.number })
    form.append(place)
    form.requestSubmit()
  }

  putBack() {
    if (!this.row) return
    this.row.parentElement.insertBefore(this.row, this.next)
    this.letGo()
  }

  letGo() {
    delete this.row.dataset.dragged
    this.row = null
  }
}

customElements.define("turn-list", TurnList)
