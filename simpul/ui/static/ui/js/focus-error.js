// <focus-error>: what must be mended in a form; takes the focus when it appears.
class FocusError extends HTMLElement {
  connectedCallback() {
    this.focus()
  }
}

customElements.define("focus-error", FocusError)
