// <search-key>: the key / leads into the field inside, from anywhere but another field.
class SearchKey extends HTMLElement {
  connectedCallback() {
    this.listener = (event) => this.press(event)
    document.addEventListener("keydown", this.listener)
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.listener)
  }

  press(event) {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.target.closest("input, textarea, select, dialog")) return
    event.preventDefault()
    this.querySelector("input").focus()
  }
}

customElements.define("search-key", SearchKey)
