// <copy-text>: a button that copies the text beside it, such as the exact amount to transfer.
// Without JavaScript there is no button and the text stays selectable.
class CopyText extends HTMLElement {
  connectedCallback() {
    if (this.querySelector("button")) return
    const button = document.createElement("button")
    button.type = "button"
    button.textContent = this.getAttribute("label")
    button.addEventListener("click", () => this.copy(button))
    this.append(button)
  }

  async copy(button) {
    await navigator.clipboard.writeText(this.getAttribute("value"))
    button.textContent = this.getAttribute("done")
    setTimeout(() => (button.textContent = this.getAttribute("label")), 2500)
  }
}

customElements.define("copy-text", CopyText)
