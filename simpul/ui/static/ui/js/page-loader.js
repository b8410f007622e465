// <page-loader>: a thin bar while htmx fetches a page, a word when the network is gone, and the
// guard of hx-boost: whatever is no page of this frame (a paper, a login) is loaded as a whole.
class PageLoader extends HTMLElement {
  connectedCallback() {
    this.setAttribute("role", "status")
    this.on("htmx:beforeRequest", () => this.show("busy"))
    this.on("htmx:beforeSwap", (event) => this.guard(event.detail, event))
    this.on("htmx:afterRequest", (event) => event.detail.xhr.status && this.show(""))
    this.on("htmx:sendError", () => this.show("lost"))
    this.on("htmx:timeout", () => this.show("lost"))
    this.on("htmx:afterSettle", (event) => this.focusOn(event.detail))
  }

  on(name, listener) {
    document.body.addEventListener(name, (event) => {
      // what is only reported on the side says nothing
      if (!event.target.matches('[hx-swap="none"]')) listener(event)
    })
  }

  show(state) {
    this.dataset.state = state
    this.textContent = state === "lost" ? this.getAttribute("lost") : ""
  }

  guard(detail, event) {
    if (!detail.boosted) return
    const { xhr } = detail
    const isPage = xhr.getResponseHeader("Content-Type")?.startsWith("text/html")
    const isOfThisFrame = isPage && xhr.response.includes(` data-frame="${document.body.dataset.frame}"`)
    if (isOfThisFrame || (isPage && xhr.status >= 400)) return
    event.preventDefault()
    location.assign(xhr.responseURL)
  }

  focusOn({ boosted, target }) {
    if (!boosted || document.querySelector("#main :focus")) return // something in it took it already
    document.getElementById("main")?.focus({ preventScroll: true })
  }
}

customElements.define("page-loader", PageLoader)
