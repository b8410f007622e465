// <order-grid>: sums pairs and rupiah while somebody types into tables of sizes by colours.
// Each model carries data-prices='[[0,365000,1],[60,7081000,20]]': from so many of its pairs on so
// many rupiah for so many pairs. A select[name=unit] says what a number means; buttons with
// data-run='{"39":2,…}' add an assortment to their row. Without JavaScript the server sums.
// [data-finder] is shown for orders by telephone: what is typed there filters the models, and Enter
// leads from it to the sizes of the first one, from there back, and from an empty one to the end.
class OrderGrid extends HTMLElement {
  connectedCallback() {
    this.addEventListener("input", () => this.sum())
    this.addEventListener("click", (event) => this.fill(event.target.closest("[data-run]")))
    this.sum()
    this.finder = this.querySelector("[data-finder] input")
    if (this.finder) this.startFinding()
  }

  startFinding() {
    this.finder.parentElement.hidden = false
    this.finder.addEventListener("input", () => this.find())
    this.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !event.target.matches("input")) return
      event.preventDefault()
      this.goOn(event.target)
    })
    if (!this.closest("form").querySelector("focus-error")) this.finder.focus()
  }

  find() {
    const words = this.finder.value.toLowerCase().split(/\s+/)
    for (const model of this.querySelectorAll("[data-prices]")) {
      const name = model.querySelector("h2").textContent.toLowerCase()
      model.hidden = !words.every((word) => name.includes(word))
    }
  }

  goOn(from) {
    const typed = this.finder.value.trim()
    if (from !== this.finder) {
      this.finder.value = ""
      this.find()
      this.finder.focus()
    } else if (typed) {
      this.querySelector("[data-prices]:not([hidden]) input[data-size]")?.focus()
    } else {
      this.closest("form").querySelector(".actions .button--primary")?.focus()
    }
  }

  get unit() {
    return Number(this.querySelector("[name=unit]")?.value || 1)
  }

  fill(button) {
    if (!button) return
    const run = JSON.parse(button.dataset.run)
    for (const input of button.closest("[data-row]").querySelectorAll("input[data-size]")) {
      const more = (run[input.dataset.size] ?? 0) / this.unit
      if (more) input.value = Math.ceil(Number(input.value || 0) + more)
    }
    this.sum()
  }

  sum() {
    let pairs = 0
    let rupiah = 0
    for (const model of this.querySelectorAll("[data-prices]")) {
      const counts = [...model.querySelectorAll("[data-row]")].map((row) => this.count(row))
      const all = counts.reduce((sum, one) => sum + one, 0)
      const prices = JSON.parse(model.dataset.prices).filter(([from]) => from <= all)
      const [, amount, per] = prices.at(-1) ?? [0, 0, 1]
      pairs += all
      for (const count of counts) rupiah += Math.floor((2 * amount * count + per) / (2 * per))
    }
    this.write("[data-all-pairs]", pairs)
    this.write("[data-all-rupiah]", rupiah, "Rp\u00a0")
  }

  count(row) {
    const typed = [...row.querySelectorAll("input[data-size]")].map((one) => Number(one.value) || 0)
    const pairs = this.unit * typed.reduce((sum, one) => sum + one, 0)
    row.querySelector("[data-pairs]").textContent = pairs ? this.format(pairs) : ""
    return pairs
  }

  write(place, value, sign = "") {
    const target = this.querySelector(place)
    if (target) target.textContent = sign + this.format(value)
  }

  format(value) {
    return value.toLocaleString(document.documentElement.lang)
  }
}

customElements.define("order-grid", OrderGrid)
