// <file-preview>: shows the chosen pictures and shrinks large photos before they are sent.
// Without JavaScript the files are sent as they are.
const LONGEST = 1600
const LARGE = 400_000

class FilePreview extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=file]")
    this.input?.addEventListener("change", () => this.show([...this.input.files]))
  }

  async show(chosen) {
    this.querySelectorAll("img").forEach((image) => image.remove())
    const sent = []
    for (const file of chosen) sent.push(file.type.startsWith("image/") ? await this.shown(file) : file)
    if (sent.every((file, place) => file === chosen[place])) return
    const files = new DataTransfer()
    sent.forEach((file) => files.items.add(file))
    this.input.files = files.files
  }

  // shows a picture, and returns what is sent of it
  async shown(file) {
    const picture = await createImageBitmap(file)
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height))
    const canvas = document.createElement("canvas")
    canvas.width = Math.round(picture.width * scale)
    canvas.height = Math.round(picture.height * scale)
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height)
    const image = document.createElement("img")
    image.src = canvas.toDataURL("image/jpeg", 0.85)
    image.alt = file.name
    this.append(image)
    if (file.size <= LARGE) return file
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85))
    return new File([blob], file.name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg" })
  }
}

customElements.define("file-preview", FilePreview)
