// <push-bell>: the button in its form lets this browser show news. Attributes: worker (its address),
// key (who sends). What is marked data-refused is shown where the owner said no. The form is sent once the browser
// has named its push service. Without JavaScript, or where a browser cannot, the form stays hidden.
class PushBell extends HTMLElement {
  connectedCallback() {
    if (!navigator.serviceWorker || !window.PushManager) return
    this.form = this.querySelector("form")
    this.form.hidden = false
    this.querySelector("[data-without]").hidden = true
    this.addEventListener("submit", (event) => this.ask(event))
  }

  async ask(event) {
    if (this.form.elements.endpoint.value) return
    event.preventDefault()
    event.stopPropagation()
    try {
      const { endpoint, keys } = await this.subscribe()
      for (const [name, value] of Object.entries({ endpoint, ...keys })) this.form.elements[name].value = value
      this.form.requestSubmit()
    } catch {
      this.querySelector("[data-refused]").hidden = false
    }
  }

  async subscribe() {
    const registration = await navigator.serviceWorker.register(this.getAttribute("worker"))
    await active(registration)
    const { pushManager } = registration
    await (await pushManager.getSubscription())?.unsubscribe() // perhaps under an older key
    const subscription = await pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: this.getAttribute("key"),
    })
    return subscription.toJSON()
  }
}

function active(registration) {
  const worker = registration.installing ?? registration.waiting
  if (registration.active || !worker) return
  return new Promise((done) => worker.addEventListener("statechange", () => registration.active && done()))
}

customElements.define("push-bell", PushBell)
