// <order-grid>: sums pairs and rupiah while somebody types into a table of sizes by colours.
// Rows carry data-price and data-per, a select[name=unit] says what a number means, and buttons
// with data-run='{"39":2,…}' fill a row with an assortment. Without JavaScript the server sums.
class OrderGrid extends HTMLElement {
  connectedCallback() {
    this.addEventListener("input", () => this.sum())
    this.addEventListener("click", (event) => this.fill(event.target.closest("[data-run]")))
    this.sum()
  }

  fill(button) {
    if (!button) return
    const run = JSON.parse(button.dataset.run)
    const row = button.closest("[data-price]") ?? button.closest("tr")
    for (const input of row.querySelectorAll("input[data-size]")) {
      const more = run[input.dataset.size]
      if (more) input.value = Number(input.value || 0) + more
    }
    this.sum()
  }

  sum() {
    const unit = Number(this.closest("form")?.querySelector("[name=unit]")?.value || 1)
    let pairs = 0
    let rupiah = 0
    for (const row of this.querySelectorAll("[data-price]")) {
      const count = unit * [...row.querySelectorAll("input[data-size]")].reduce((all, one) => all + (Number(one.value) || 0), 0)
      const amount = Math.floor((2 * Number(row.dataset.price) * count + Number(row.dataset.per)) / (2 * Number(row.dataset.per)))
      this.write(row.querySelector("[data-pairs]"), count)
      this.write(row.querySelector("[data-rupiah]"), amount, "Rp\u00a0")
      pairs += count
      rupiah += amount
    }
    this.write(this.querySelector("[data-all-pairs]"), pairs)
    this.write(this.querySelector("[data-all-rupiah]"), rupiah, "Rp\u00a0")
  }

  write(target, value, sign = "") {
    if (target) target.textContent = sign + value.toLocaleString(document.documentElement.lang)
  }
}

customElements.define("order-grid", OrderGrid)
