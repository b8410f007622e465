// The worker behind the pages of a courier and of whoever visits shops: each comes from the network
// while there is one, and from what is kept on the telephone while there is none. It keeps what the
// server allows it to (Keep-Until, a moment in seconds) and only until then; of a page that is asked for
// in several ways (?) the last one. Whoever is asked to log in has nothing kept any more.
const KEPT = "simpul-kept"
const LIMIT = "Keep-Until"
const PATIENCE = 8_000 // milliseconds until a weak network counts as none
const PARTS = ["style", "script", "font", "image"]

addEventListener("install", () => skipWaiting())
addEventListener("activate", (event) => event.waitUntil(clients.claim()))
addEventListener("fetch", (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== "GET" || url.origin !== location.origin) return
  if (request.url.startsWith(registration.scope)) event.respondWith(page(request, url))
  else if (PARTS.includes(request.destination)) event.respondWith(part(request))
})

async function page(request, url) {
  const cache = await caches.open(KEPT)
  const address = url.origin + url.pathname
  const kept = await living(cache, address)
  const shown = url.search && kept?.url !== request.url ? undefined : kept // nothing else than was asked for
  try {
    const answer = await (shown ? Promise.race([fetch(request), late()]) : fetch(request))
    if (answer.ok && answer.headers.has(LIMIT)) await cache.put(address, answer.clone())
    else if (kept && isLogin(answer)) await caches.delete(KEPT)
    else if (answer.status < 500 && !url.search) await forget(cache, address)
    return answer
  } catch {
    return shown ?? Response.error()
  }
}

// What ended at a page has ended below it too.
async function forget(cache, address) {
  for (const { url } of await cache.keys()) if (url.startsWith(address)) await cache.delete(url)
}

// The page as it was kept, unless its time is over.
async function living(cache, address) {
  const kept = await cache.match(address, { ignoreVary: true })
  if (!kept || Number(kept.headers.get(LIMIT)) * 1000 > Date.now()) return kept
  await cache.delete(address)
}

// A kept page leads elsewhere only where the visitor is not known any more.
function isLogin(answer) {
  return answer.redirected || answer.type === "opaqueredirect"
}

async function part(request) {
  const cache = await caches.open(KEPT)
  try {
    const answer = await fetch(request)
    if (answer.ok) await cache.put(request, answer.clone())
    return answer
  } catch {
    return (await cache.match(request, { ignoreVary: true })) ?? Response.error()
  }
}

function late() {
  return new Promise((_done, fail) => setTimeout(fail, PATIENCE))
}
