// <confirm-step>: asks in its <dialog> before the form inside is sent.
// Without JavaScript the form is sent, or leads to a page that asks.
class ConfirmStep extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog")
    this.addEventListener("submit", (event) => this.ask(event), true)
    this.dialog.addEventListener("click", (event) => this.answer(event.target.closest("button")?.value))
  }

  ask(event) {
    if (this.isSure) return
    event.preventDefault()
    event.stopPropagation()
    this.form = event.target
    this.button = event.submitter
    this.dialog.showModal()
  }

  answer(value) {
    if (!value) return
    this.dialog.close()
    if (value !== "yes") return
    this.isSure = true
    this.form.requestSubmit(this.button)
    this.isSure = false
  }
}

customElements.define("confirm-step", ConfirmStep)
