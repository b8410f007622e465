// <sign-pad>: somebody signs with a finger; what is drawn lies in the file field inside, as a small PNG.
// Attribute: clear (the word for beginning again). Without JavaScript there is no pad.
const WIDE = 600
const HIGH = 200

class SignPad extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=file]")
    this.canvas = document.createElement("canvas")
    Object.assign(this.canvas, { width: WIDE, height: HIGH, className: "field__input" })
    Object.assign(this.canvas.style, { width: "100%", height: "auto", padding: "0", background: "#fff", touchAction: "none" })
    this.canvas.setAttribute("role", "img")
    this.canvas.setAttribute("aria-label", this.querySelector("label").textContent)
    this.pen = this.canvas.getContext("2d")
    this.canvas.addEventListener("pointerdown", (event) => this.begin(event))
    this.canvas.addEventListener("pointermove", (event) => event.buttons && this.draw(event))
    for (const end of ["pointerup", "pointercancel"]) this.canvas.addEventListener(end, () => this.keep())
    this.input.addEventListener("change", () => this.show())
    this.input.before(this.canvas, this.button())
    this.wipe()
    this.hidden = false
  }

  button() {
    const button = document.createElement("button")
    Object.assign(button, { type: "button", className: "link-button", textContent: this.getAttribute("clear") })
    button.addEventListener("click", () => {
      this.wipe()
      this.input.value = ""
    })
    return button
  }

  wipe() {
    Object.assign(this.pen, { fillStyle: "#fff", strokeStyle: "#111", lineWidth: 4, lineCap: "round", lineJoin: "round" })
    this.pen.fillRect(0, 0, WIDE, HIGH)
  }

  begin(event) {
    this.canvas.setPointerCapture(event.pointerId)
    this.pen.beginPath()
    this.pen.moveTo(...this.place(event))
    this.draw(event)
  }

  draw(event) {
    this.pen.lineTo(...this.place(event))
    this.pen.stroke()
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect()
    return [((event.clientX - box.left) * WIDE) / box.width, ((event.clientY - box.top) * HIGH) / box.height]
  }

  // At once, so that the form may be sent in the next moment.
  keep() {
    const bytes = Uint8Array.from(atob(this.canvas.toDataURL("image/png").split(",")[1]), (one) => one.charCodeAt(0))
    const files = new DataTransfer()
    files.items.add(new File([bytes], "signature.png", { type: "image/png" }))
    this.input.files = files.files
  }

  // What was kept on the telephone is there again.
  async show() {
    const [file] = this.input.files
    this.wipe()
    if (file) this.pen.drawImage(await createImageBitmap(file), 0, 0)
  }
}

customElements.define("sign-pad", SignPad)
