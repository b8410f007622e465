// <tap-counter>: large minus and plus around a number, for a thumb on a shared phone.
// Without JavaScript it is the number field inside it.
class TapCounter extends HTMLElement {
  connectedCallback() {
    if (this.querySelector("button")) return
    this.input = this.querySelector("input")
    this.prepend(this.button("−", -1))
    this.append(this.button("+", 1))
  }

  button(sign, step) {
    const button = document.createElement("button")
    button.type = "button"
    button.textContent = sign
    button.setAttribute("aria-label", `${sign}1`)
    button.addEventListener("click", () => this.add(step))
    return button
  }

  add(step) {
    const most = this.input.max === "" ? Infinity : Number(this.input.max)
    const next = Number(this.input.value || 0) + step
    this.input.value = Math.min(most, Math.max(Number(this.input.min || 0), next))
    this.input.dispatchEvent(new Event("input", { bubbles: true }))
  }
}

customElements.define("tap-counter", TapCounter)
