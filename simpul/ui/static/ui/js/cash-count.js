// <cash-count>: sums notes and coins while somebody types how many of each lie there, and says at
// once what is missing or too much. Every input[data-worth] is a kind of note or coin, [name=counted]
// takes the sum, [data-gap] the sentence: `even`, `over` or `under`, held against `expected` (sen).
// Without JavaScript the sum is written by hand, or the server adds up.
class CashCount extends HTMLElement {
  connectedCallback() {
    this.pieces = [...this.querySelectorAll("input[data-worth]")]
    this.counted = this.querySelector("[name=counted]")
    this.addEventListener("input", (event) => this.add(event.target))
    if (this.counted.value) this.compare()
  }

  add(changed) {
    if (this.pieces.includes(changed)) {
      const sum = this.pieces.reduce((all, one) => all + Number(one.value) * Number(one.dataset.worth), 0)
      this.counted.value = this.pieces.some((one) => one.value !== "") ? this.write(sum) : ""
    }
    this.compare()
  }

  compare() {
    const digits = this.counted.value.replace(/[^0-9]/g, "")
    const gap = Number(digits) * 100 - Number(this.getAttribute("expected"))
    const kind = gap > 0 ? "over" : gap < 0 ? "under" : "even"
    const place = this.querySelector("[data-gap]")
    place.hidden = digits === ""
    place.dataset.gap = kind
    place.textContent = this.getAttribute(kind).replace("{amount}", `Rp\u00a0${this.write(Math.abs(gap) / 100)}`)
  }

  write(rupiah) {
    return rupiah.toLocaleString("id")
  }
}

customElements.define("cash-count", CashCount)
