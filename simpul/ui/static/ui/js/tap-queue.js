// <tap-queue>: counts on a shared phone that outlive a lost network. It stands around the form of a
// stage, or alone on another page of the floor. What cannot be sent is kept in the browser, with an id
// of its own, and is sent when the network is back; the server refuses what it has counted already.
// Attributes: owner (the person who counts), next (the path that a count leads to), and the words
// waiting, taken, refused, foreign, forget, refresh, full. Without JavaScript it is only the form.
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
      this.form.addEventListener("htmx:beforeRequest", () => (this.sent = this.said()))
      this.form.addEventListener("htmx:sendError", () => this.keep(this.sent))
      this.form.addEventListener("htmx:timeout", () => this.keep(this.sent))
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

  // Tell whether the browser has kept them: it may be full, or keep nothing.
  store(all) {
    try {
      localStorage.setItem(STORE, JSON.stringify(all))
      return true
    } catch {
      return false
    }
  }

  catch(event) {
    event.preventDefault()
    event.stopImmediatePropagation()
    this.keep(this.said())
  }

  // What the form says now, as it is sent.
  said() {
    const typed = this.typed()
    if (typed.length === 0) return null
    const data = new URLSearchParams(new FormData(this.form))
    const place = [".page-head .eyebrow", "h1"].map((one) => document.querySelector(one).textContent.trim())
    return {
      id: data.get("client_id"),
      url: this.form.action,
      body: data.toString(),
      next: this.getAttribute("next"),
      owner: this.getAttribute("owner"),
      values: Object.fromEntries(data),
      words: `${place.join(", ").replace(/\s+/g, " ")}: ${typed.join(", ")}`,
    }
  }

  // Keep a count that could not be sent, and make room for the next one.
  keep(said) {
    if (!said) return
    const { values, ...kept } = said
    if (!this.store([...this.counts.filter((one) => one.id !== said.id), kept])) {
      this.list.append(this.line("full", said.words))
      return
    }
    if (this.form.elements.client_id.value === said.id) this.clear(values)
    this.draw()
  }

  // What was typed, in words: 4 × 40.
  typed() {
    const filled = [...this.form.querySelectorAll("input[type=number]")].filter((one) => Number(one.value))
    return filled.map((one) => `${one.value}\u00a0×\u00a0${one.closest("tr, li").querySelector("th, label").textContent.trim()}`)
  }

  // Take what was kept out of the form; what was typed since stays.
  clear(values) {
    for (const input of this.form.querySelectorAll("input[type=number]")) {
      const sent = Number(values[input.name] || 0)
      if (input.max !== "") input.max = Math.max(0, Number(input.max) - sent)
      if (Number(input.value || 0) === sent) input.value = ""
    }
    for (const name of ["key", "client_id"]) this.form.elements[name].value = fresh()
  }

  // One after the other: what the first one passed on the next one may need.
  async send() {
    if (this.busy || !navigator.onLine) return
    this.busy = true
    try {
      for (const one of this.counts.filter((one) => this.isMine(one) && !one.refused)) {
        const answer = await this.post(one)
        if (answer === null) break
        const others = this.counts.filter((other) => other.id !== one.id)
        this.store(answer ? [...others, { ...one, refused: answer }] : others)
        if (!answer) this.taken.push(one.words)
        this.draw()
      }
    } finally {
      this.busy = false
    }
  }

  // Why it was refused; "" if the server has it; null if it is to be asked again later: the network is
  // gone, the server is busy, or nobody is logged in.
  async post(one) {
    const body = new URLSearchParams(one.body)
    const token = document.querySelector("input[name=csrfmiddlewaretoken]")
    if (token) body.set("csrfmiddlewaretoken", token.value) // logging in has made a new one
    try {
      const answer = await fetch(one.url, { method: "POST", body, credentials: "same-origin" })
      if (answer.redirected && new URL(answer.url).pathname === one.next) return ""
      if (![404, 409, 422].includes(answer.status)) return null
      const page = new DOMParser().parseFromString(await answer.text(), "text/html")
      const why = [".form__errors ul", ".notice__words", "main h1"].map((place) => page.querySelector(place))
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
      if (one.refused && this.isMine(one)) line.append(this.button(one))
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
      this.store(this.counts.filter((other) => other.id !== one.id))
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
