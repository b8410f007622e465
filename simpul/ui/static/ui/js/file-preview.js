// <file-preview>: shows the chosen picture and shrinks a large photo before it is sent.
// Without JavaScript the file is sent as it is.
const LONGEST = 1600
const LARGE = 400_000

class FilePreview extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=file]")
    this.input?.addEventListener("change", () => this.show(this.input.files[0]))
  }

  async show(file) {
    this.querySelector("img")?.remove()
    if (!file?.type.startsWith("image/")) return
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
    if (file.size > LARGE) canvas.toBlob((blob) => this.replace(blob, file.name), "image/jpeg", 0.85)
  }

  replace(blob, name) {
    const files = new DataTransfer()
    files.items.add(new File([blob], name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg" }))
    this.input.files = files.files
  }
}

customElements.define("file-preview", FilePreview)
