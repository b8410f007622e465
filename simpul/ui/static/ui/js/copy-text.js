// <copy-text>: a button that copies the text beside it, such as the exact amount to transfer.
// Without JavaScript, or where copying is forbidden, the text is there to be selected.
class CopyText extends HTMLElement {
  connectedCallback() {
    if (this.querySelector("button") || !navigator.clipboard) return
    const button = document.createElement("button")
    button.type = "button"
    button.className = "copy__button"
    button.textContent = this.getAttribute("label")
    button.setAttribute("aria-live", "polite")
    button.addEventListener("click", () => this.copy(button))
    this.append(button)
  }

  async copy(button) {
    await navigator.clipboard.writeText(this.getAttribute("value"))
    button.textContent = this.getAttribute("done")
    button.dataset.done = "yes"
    setTimeout(() => this.rest(button), 2500)
  }

  rest(button) {
    button.textContent = this.getAttribute("label")
    delete button.dataset.done
  }
}

customElements.define("copy-text", CopyText)
