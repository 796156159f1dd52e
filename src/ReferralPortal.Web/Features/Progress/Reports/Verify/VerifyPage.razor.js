// The fingerprint of a file is made here: the file itself never leaves the device.
const section = document.querySelector("[data-verify]");
const input = document.getElementById("verify-file");

// Browsers make fingerprints on secure connections only.
if (section && globalThis.crypto?.subtle) {
  section.hidden = false;
  const drop = section.querySelector(".drop");
  input.addEventListener("change", () => check(input.files[0]));
  drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.dataset.over = ""; });
  drop.addEventListener("dragleave", () => delete drop.dataset.over);
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    delete drop.dataset.over;
    check(event.dataTransfer.files[0]);
  });
}

async function check(file) {
  if (!file) return;
  section.querySelector("[data-verify-words]").textContent = "Checking the file…";
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  location.assign("/verify?hash=" + Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join(""));
}
