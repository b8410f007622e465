// <kept-pages>: lets the pages that it names, and the page it stands on, be opened without a network.
// A worker keeps them as they are fetched. Attributes: owner (who reads them: what somebody else read
// is forgotten), worker (its address), pages (addresses, spaces between), only (there: no other page
// below this one stays kept). Logging out forgets them all.
const KEPT = "simpul-kept"
const LIMIT = "Keep-Until"
const HALF_A_DAY = 12 * 60 * 60 * 1000

class KeptPages extends HTMLElement {
  connectedCallback() {
    if (navigator.serviceWorker) this.keep().catch(() => {}) // the network went: next time
  }

  async keep() {
    await navigator.serviceWorker.register(this.getAttribute("worker"))
    await controlled()
    if (!navigator.onLine) return
    await this.forgetForeign()
    const cache = await caches.open(KEPT)
    const pages = this.getAttribute("pages").split(/\s+/).filter(Boolean)
    if (this.hasAttribute("only")) await this.forgetOthers(cache, [location.pathname, ...pages])
    await fetch(location.href)
    for (const page of pages) if (!(await isKept(cache, page))) await fetch(page)
    await this.keepParts(cache)
    this.dataset.kept = "yes"
  }

  async forgetForeign() {
    const owner = this.getAttribute("owner")
    if (localStorage.getItem(KEPT) !== owner) await caches.delete(KEPT)
    localStorage.setItem(KEPT, owner)
  }

  async forgetOthers(cache, pages) {
    for (const { url } of await cache.keys()) {
      const path = new URL(url).pathname
      if (path.startsWith(location.pathname) && !pages.includes(path)) await cache.delete(url)
    }
  }

  // Style sheets, scripts and fonts that came before the worker did.
  async keepParts(cache) {
    const loaded = performance.getEntriesByType("resource").filter((one) => one.initiatorType !== "fetch")
    const parts = new Set(loaded.map((one) => one.name).filter((name) => new URL(name).origin === location.origin))
    for (const part of parts) {
      const isPart = /\.(css|js|svg|woff2)(\?|$)/.test(part)
      if (isPart && !(await cache.match(part, { ignoreVary: true }))) await cache.add(part).catch(() => {})
    }
  }
}

async function isKept(cache, page) {
  const kept = await cache.match(page, { ignoreVary: true })
  return kept && Number(kept.headers.get(LIMIT)) * 1000 > Date.now() + HALF_A_DAY
}

// Wait until the worker sees what this page fetches.
function controlled() {
  if (navigator.serviceWorker.controller) return
  return new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done, { once: true }))
}

addEventListener("submit", (event) => {
  if (event.target.action.endsWith("/logout/") && window.caches) caches.delete(KEPT)
}, true)

customElements.define("kept-pages", KeptPages)
