// <tap-queue>: counts on a shared phone that outlive a lost network. It stands around the form of a
// stage, or alone on another page of the floor. What cannot be sent is kept in the browser, with an id
// of its own, and is sent when the network is back; the server refuses what it has counted already.
// Attributes: owner (the person who counts), next (the path that a count leads to), and the words
// waiting, sending, taken, refused, foreign, forget, refresh. Without JavaScript it is only the form.
const STORE = "simpul-taps"
const AGAIN = 15_000 // milliseconds between two tries while something waits

class TapQueue extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form")
    this.list = this.appendChild(document.createElement("ul"))
    this.list.className = "tap-queue"
    this.list.setAttribute("role", "status")
    this.taken = []
    if (this.form) {
      this.form.addEventListener("submit", (event) => navigator.onLine || this.catch(event), true)
      this.form.addEventListener("htmx:sendError", () => this.keep())
      this.form.addEventListener("htmx:timeout", () => this.keep())
    }
    this.wake = () => this.send()
    addEventListener("online", this.wake)
    this.clock = setInterval(this.wake, AGAIN)
    this.draw()
    this.send()
  }

  disconnectedCallback() {
    removeEventListener("online", this.wake)
    clearInterval(this.clock)
  }

  get counts() {
    try {
      return JSON.parse(localStorage.getItem(STORE)) ?? []
    } catch {
      return []
    }
  }

  set counts(all) {
    localStorage.setItem(STORE, JSON.stringify(all))
  }

  catch(event) {
    event.preventDefault()
    event.stopImmediatePropagation()
    this.keep()
  }

  // Keep what stands in the form, and make room for the next count.
  keep() {
    const said = this.typed()
    if (said.length === 0) return
    const data = new URLSearchParams(new FormData(this.form))
    const id = data.get("client_id")
    this.counts = [
      ...this.counts.filter((one) => one.id !== id),
      {
        id,
        url: this.form.action,
        body: data.toString(),
        next: this.getAttribute("next"),
        owner: this.getAttribute("owner"),
        words: `${document.querySelector("h1").textContent.trim()}: ${said.join(", ")}`,
      },
    ]
    this.clear()
    this.draw()
  }

  // What was typed, in words: 4 × 40.
  typed() {
    const filled = [...this.form.querySelectorAll("input[type=number]")].filter((one) => Number(one.value))
    return filled.map((one) => `${one.value}\u00a0×\u00a0${one.closest("tr, li").querySelector("th, label").textContent.trim()}`)
  }

  clear() {
    for (const input of this.form.querySelectorAll("input[type=number]")) {
      if (input.max !== "") input.max = Math.max(0, Number(input.max) - Number(input.value || 0))
      input.value = ""
    }
    for (const name of ["key", "client_id"]) this.form.elements[name].value = fresh()
  }

  // One after the other: what the first one passed on the next one may need.
  async send() {
    if (this.busy || !navigator.onLine) return
    this.busy = true
    for (const one of this.counts.filter((one) => this.isMine(one) && !one.refused)) {
      const answer = await this.post(one)
      if (answer === null) break
      this.counts = this.counts.filter((other) => other.id !== one.id || answer)
      if (answer) this.counts = this.counts.map((other) => (other.id === one.id ? { ...other, refused: answer } : other))
      else this.taken.push(one.words)
      this.draw()
    }
    this.busy = false
  }

  // Why it was refused; "" if the server has it; null if it could not be asked.
  async post(one) {
    try {
      const answer = await fetch(one.url, { method: "POST", body: new URLSearchParams(one.body), credentials: "same-origin" })
      if (answer.redirected && new URL(answer.url).pathname === one.next) return ""
      const page = new DOMParser().parseFromString(await answer.text(), "text/html")
      const why = [".form__errors ul", ".notice__words", "main h1"].map((one) => page.querySelector(one))
      return why.find(Boolean)?.textContent.trim().replace(/\s+/g, " ") || String(answer.status)
    } catch {
      return null
    }
  }

  isMine(one) {
    return one.owner === this.getAttribute("owner")
  }

  draw() {
    const lines = this.counts.map((one) => {
      const state = one.refused ? "refused" : this.isMine(one) ? "waiting" : "foreign"
      const line = this.line(state, one.words, one.refused)
      if (one.refused) line.append(this.button(one))
      return line
    })
    this.list.replaceChildren(...this.taken.map((words) => this.line("taken", words)), ...lines)
    if (this.taken.length) this.list.append(this.again())
  }

  line(state, words, why = "") {
    const line = document.createElement("li")
    line.dataset.state = state
    const strong = line.appendChild(document.createElement("strong"))
    strong.textContent = this.getAttribute(state)
    line.append(` ${words}${why ? ` – ${why}` : ""} `)
    return line
  }

  button(one) {
    const button = document.createElement("button")
    button.type = "button"
    button.className = "link-button"
    button.textContent = this.getAttribute("forget")
    button.addEventListener("click", () => {
      this.counts = this.counts.filter((other) => other.id !== one.id)
      this.draw()
    })
    return button
  }

  again() {
    const line = document.createElement("li")
    const link = line.appendChild(document.createElement("a"))
    link.href = location.href
    link.textContent = this.getAttribute("refresh")
    return line
  }
}

function fresh() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")
}

customElements.define("tap-queue", TapQueue)
