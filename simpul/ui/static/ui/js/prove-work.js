// <prove-work>: finds the number that makes the digest of challenge and number begin with so many zero
// bits, puts it into its form and sends it. Attributes: challenge, bits. It is on the page only where
// a text looked like a robot's; without JavaScript that text waits for a person.
class ProveWork extends HTMLElement {
  connectedCallback() {
    if (!window.crypto?.subtle) return
    this.querySelector("[data-working]").hidden = false
    this.work()
  }

  async work() {
    const [challenge, bits] = [this.getAttribute("challenge"), Number(this.getAttribute("bits"))]
    const encoder = new TextEncoder()
    for (let number = 0; this.isConnected; number++) {
      const digest = await crypto.subtle.digest("SHA-256", encoder.encode(`${challenge}:${number}`))
      if (new DataView(digest).getUint32(0) >>> (32 - bits) === 0) return this.send(number)
    }
  }

  send(number) {
    const form = this.querySelector("form")
    form.elements.number.value = number
    form.requestSubmit()
  }
}

customElements.define("prove-work", ProveWork)
