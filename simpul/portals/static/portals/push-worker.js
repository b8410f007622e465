// Shows news that come while no page is open, and leads to what they are about. It shows what the
// server says: number and step, no sum and no name. The same notice again replaces itself (tag).
addEventListener("push", (event) => {
  const { title, body, tag, path } = event.data.json()
  event.waitUntil(registration.showNotification(title, { body, tag, data: path }))
})

addEventListener("notificationclick", (event) => {
  event.notification.close()
  event.waitUntil(lead(event.notification.data))
})

async function lead(path) {
  const address = new URL(path, location.origin).href
  const windows = await clients.matchAll({ type: "window", includeUncontrolled: true })
  const here = windows.find((one) => one.url === address)
  await (here ? here.focus() : clients.openWindow(address))
}
