// <tap-queue>: what is said on a telephone outlives a lost network. It stands around a form (the counts
// of a stage, a courier's delivery), or alone on another page of the same portal. What cannot be sent is
// kept in the browser, photos too, with an id of its own, and is sent in its order when the network is
// back; the server takes each id once.
// Attributes: owner (the person who says it), next (the path that an accepted form leads to), the words
// waiting, taken, refused, foreign, forget, refresh, full; place (what the form is about, where no line
// above the heading says it); and for a form that is said once, not again and again: mend (the word for
// opening it again), proof (what to say where PIN and photo are missing). What stands in data-told says
// in short what the form says. A form is known by its client_id or, where it has none, by its key.
// Without JavaScript it is only the form.
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
      const own = (name, heard) => this.form.addEventListener(name, (event) => event.target === this.form && heard(event))
      own("htmx:beforeRequest", () => (this.sent = this.said()))
      own("htmx:beforeOnLoad", ({ detail }) => detail.xhr.status < 400 && drop(this.sent))
      own("htmx:sendError", () => this.keep(this.sent))
      own("htmx:timeout", () => this.keep(this.sent))
    }
    this.wake = () => this.send()
    addEventListener("online", this.wake)
    this.clock = setInterval(this.wake, AGAIN)
    this.begin()
  }

  disconnectedCallback() {
    removeEventListener("online", this.wake)
    clearInterval(this.clock)
  }

  async begin() {
    if (this.form && this.isOnce) await this.resume()
    await this.draw()
    await this.send()
  }

  // A form that is said once keeps its id, so that two taps are one.
  get isOnce() {
    return this.hasAttribute("mend")
  }

  catch(event) {
    event.preventDefault()
    event.stopImmediatePropagation()
    if (this.isProved()) this.keep(this.said())
  }

  // Say at once what the server would say too late: the receiver is gone by then.
  isProved() {
    const { pin, photo, signature } = this.form.elements
    if (!pin || pin.value.trim() || photo.files.length || signature.files.length) return true
    pin.setCustomValidity(this.getAttribute("proof"))
    pin.reportValidity()
    this.form.addEventListener("input", () => pin.setCustomValidity(""), { once: true })
    return false
  }

  // What the form says now, as it is sent.
  said() {
    const typed = this.isOnce ? this.told() : this.typed()
    if (typed.length === 0) return null
    const data = new FormData(this.form)
    const heading = (one) => document.querySelector(one).textContent.trim()
    const place = [this.getAttribute("place") ?? heading(".page-head .eyebrow"), heading("h1")]
    return {
      id: data.get("client_id") ?? data.get("key"),
      at: Date.now(),
      url: this.form.action,
      body: [...data].filter(([, value]) => typeof value === "string" || value.size),
      next: this.getAttribute("next"),
      owner: this.getAttribute("owner"),
      words: `${place.join(", ").replace(/\s+/g, " ")}: ${typed.join(", ")}`,
    }
  }

  // Keep what could not be sent, and make room for the next.
  async keep(said) {
    if (!said) return
    this.mended = null
    try {
      await stored("readwrite", (all) => all.put(said))
    } catch {
      this.list.append(this.line("full", said.words)) // the browser is full, or keeps nothing
      return
    }
    if (!this.isOnce && this.form.elements.client_id.value === said.id) this.clear(Object.fromEntries(said.body))
    await this.draw()
    if (this.isOnce && navigator.serviceWorker?.controller) location.assign(said.next)
  }

  // What was typed, in words: 4 × 40.
  typed() {
    const filled = [...this.form.querySelectorAll("input[type=number]")].filter((one) => Number(one.value))
    return filled.map((one) => `${one.value}\u00a0×\u00a0${one.closest("tr, li").querySelector("th, label").textContent.trim()}`)
  }

  // The same for a form of other fields; a PIN is nobody else's business.
  told() {
    const sum = this.form.querySelector("[data-told]")
    if (sum) return [sum.textContent.trim().replace(/\s+/g, " ")]
    const isSaid = (one) => (isChoice(one) ? one.checked : one.value && one.type !== "hidden")
    const filled = [...this.form.elements].filter((one) => one.name && one.name !== "pin" && isSaid(one))
    const label = (one) => one.labels[0].textContent
    const words = { radio: label, checkbox: label, "select-one": (one) => one.selectedOptions[0].textContent, file: (one) => one.labels[0].firstChild.textContent }
    return filled.map((one) => (words[one.type]?.(one) ?? one.value).trim())
  }

  // Take what was kept out of the form; what was typed since stays.
  clear(values) {
    for (const input of this.form.querySelectorAll("input[type=number]")) {
      const sent = Number(values[input.name] || 0)
      if (input.max !== "") input.max = Math.max(0, Number(input.max) - sent)
      if (Number(input.value || 0) === sent) input.value = ""
    }
    if (this.form.elements.cause) this.form.elements.cause.value = ""
    for (const name of ["key", "client_id"]) this.form.elements[name].value = fresh()
  }

  // Go on with what was kept of this form; else it is a new one, even if its page is an old one.
  async resume() {
    const mine = (await this.kept()).find((one) => this.isMine(one) && one.url === this.form.action)
    const { client_id, key } = this.form.elements
    if (!client_id) key.value = mine?.id ?? fresh()
    if (mine && !this.form.querySelector(".form__errors")) this.fill(mine.body)
    for (const name of ["input", "change"]) this.form.addEventListener(name, () => (this.mended = mine?.id), { once: true }) // it waits for the change
  }

  // Put what was kept into the form again, to be mended.
  fill(body) {
    const files = new Map()
    for (const [name, value] of body) {
      const field = this.form.elements[name]
      if (!field || ["key", "csrfmiddlewaretoken"].includes(name)) continue
      const choices = field instanceof RadioNodeList ? [...field] : [field]
      if (choices.some(isChoice)) choices.forEach((one) => (one.checked ||= one.value === value))
      else if (typeof value === "string") field.value = value
      else files.set(field, [...(files.get(field) ?? []), value])
    }
    for (const [field, chosen] of files) {
      const handed = new DataTransfer()
      chosen.forEach((one) => handed.items.add(one))
      field.files = handed.files
      field.dispatchEvent(new Event("change"))
    }
    this.form.querySelector("[data-told]")?.dispatchEvent(new Event("input", { bubbles: true })) // sum again
  }

  // One after the other: what the first one passed on the next one may need.
  async send() {
    if (this.busy || !navigator.onLine) return
    this.busy = true
    try {
      for (const one of (await this.kept()).filter((one) => this.isMine(one) && !one.refused && one.id !== this.mended)) {
        const answer = await this.post(one)
        if (answer === null) break
        if (answer) await refuse(one, answer)
        else {
          await drop(one)
          this.taken.push(one.words)
          if (this.form?.elements.key.value === one.id) this.form.elements.key.value = fresh()
        }
        await this.draw()
      }
    } finally {
      this.busy = false
    }
  }

  // Why it was refused; "" if the server has it; null if it is to be asked again later: the network is
  // gone, the server is busy, or nobody is logged in.
  async post(one) {
    const body = new FormData()
    for (const [name, value] of one.body) body.append(name, value)
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

  // All that is kept, the oldest first.
  async kept() {
    const all = await stored("readonly", (all) => all.getAll()).catch(() => [])
    return all.sort((one, other) => one.at - other.at)
  }

  isMine(one) {
    return one.owner === this.getAttribute("owner")
  }

  async draw() {
    const lines = (await this.kept()).map((one) => {
      const state = one.refused ? "refused" : this.isMine(one) ? "waiting" : "foreign"
      const line = this.line(state, one.words, one.refused)
      if (one.refused && this.isMine(one)) this.offer(line, one)
      return line
    })
    this.list.replaceChildren(...this.taken.map((words) => this.line("taken", words)), ...lines)
    if (this.taken.length) this.list.appendChild(document.createElement("li")).append(this.link(location.href, "refresh"))
  }

  line(state, words, why = "") {
    const line = document.createElement("li")
    line.dataset.state = state
    const strong = line.appendChild(document.createElement("strong"))
    strong.textContent = this.getAttribute(state)
    line.append(` ${words}${why ? ` – ${why}` : ""} `)
    return line
  }

  // What can be done about a refusal, on a line of its own.
  offer(line, one) {
    line.append(document.createElement("br"))
    if (this.isOnce) line.append(this.link(one.url, "mend"), "\u2003")
    line.append(this.button(one))
  }

  button(one) {
    const button = document.createElement("button")
    button.type = "button"
    button.className = "link-button"
    button.textContent = this.getAttribute("forget")
    button.addEventListener("click", () => drop(one).then(() => this.draw()))
    return button
  }

  link(address, words) {
    const link = document.createElement("a")
    link.href = address
    link.textContent = this.getAttribute(words)
    return link
  }
}

function isChoice(one) {
  return ["radio", "checkbox"].includes(one.type)
}

async function drop(one) {
  if (one) await stored("readwrite", (all) => all.delete(one.id))
}

// Another page may have sent it meanwhile: then nothing is left to be refused.
function refuse(one, refused) {
  return stored("readwrite", (all) => {
    const asked = all.get(one.id)
    asked.onsuccess = () => asked.result && all.put({ ...asked.result, refused })
    return asked
  })
}

// Ask the browser's database; what was written is on the disk when this is done.
async function stored(mode, ask) {
  const base = await new Promise((done, fail) => {
    const opening = indexedDB.open(STORE)
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "id" })
    opening.onsuccess = () => done(opening.result)
    opening.onerror = () => fail(opening.error)
  })
  try {
    return await new Promise((done, fail) => {
      const work = base.transaction(STORE, mode, { durability: "strict" })
      const asked = ask(work.objectStore(STORE))
      work.oncomplete = () => done(asked.result)
      work.onabort = () => fail(work.error)
    })
  } finally {
    base.close()
  }
}

function fresh() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")
}

customElements.define("tap-queue", TapQueue)
