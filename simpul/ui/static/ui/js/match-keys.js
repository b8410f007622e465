// <match-keys hint="…">: a list of entries that is worked off with the keyboard. Arrows go from one
// first suggestion to the next; Enter, as ever, presses the button that has the focus.
// data-go-on: one was accepted a moment ago, so the next one takes the focus.
// Without JavaScript Tab goes through the same buttons.
class MatchKeys extends HTMLElement {
  connectedCallback() {
    if (!this.buttons.length) return
    this.addEventListener("keydown", (event) => this.move(event))
    this.listener = (event) => this.start(event)
    document.addEventListener("keydown", this.listener)
    this.showHint()
    if ("goOn" in this.dataset) this.buttons[0].focus()
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.listener)
  }

  get buttons() {
    return [...this.querySelectorAll("article")]
      .map((entry) => entry.querySelector(".suggestion__steps button"))
      .filter((button) => button)
  }

  showHint() {
    if (this.querySelector(".keys")) return
    const hint = document.createElement("p")
    hint.className = "keys muted"
    hint.textContent = this.getAttribute("hint")
    this.prepend(hint)
  }

  // An arrow leads into the list while nothing has the focus.
  start(event) {
    if (event.key !== "ArrowDown" || document.activeElement !== document.body) return
    event.preventDefault()
    this.buttons[0]?.focus()
  }

  move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!step || event.target.matches("input, select, textarea")) return
    const here = event.target.closest("article")?.querySelector(".suggestion__steps button")
    const next = this.buttons[this.buttons.indexOf(here) + step]
    if (!next) return
    event.preventDefault()
    event.stopPropagation()
    next.focus()
    next.closest("article").scrollIntoView({ block: "nearest" })
  }
}

customElements.define("match-keys", MatchKeys)
