// Files go to the server in pieces by plain requests, beside the page's own connection, so they survive its loss and a restart of the portal. The list of uploads stands here and not in
// a component: it goes on while the person moves through the form. Nothing is put in the browser's storage; a file of a closed page is chosen again and goes on where it broke off.

const AtOnce = 2, Patience = 60000;
const uploads = [];
let view = null; // the panel on the screen: { box, page, place, token, chunk, most }

export function start(box, page, options) {
    view = { box, page, ...options };
    const input = box.querySelector("input[type=file]");
    input.addEventListener("change", () => { add(input.files); input.value = ""; });
    box.addEventListener("dragover", (event) => { event.preventDefault(); box.classList.add("over"); });
    box.addEventListener("dragleave", (event) => { if (!box.contains(event.relatedTarget)) box.classList.remove("over"); });
    box.addEventListener("drop", (event) => { event.preventDefault(); event.stopPropagation(); box.classList.remove("over"); add(event.dataTransfer.files); });
    for (const upload of uploads) if (upload.place === view.place) show(upload);
    tell();
}

export function leave(place) {
    if (view?.place === place) view = null;
}

// A file that is dropped beside the box must not take the page's place.
for (const kind of ["dragover", "drop"]) addEventListener(kind, (event) => { if (view && event.dataTransfer?.types.includes("Files")) event.preventDefault(); });
addEventListener("beforeunload", (event) => { if (busy()) event.preventDefault(); });

const busy = () => uploads.some((upload) => !upload.over);
const size = (bytes) => bytes >= 1048576 ? `${Math.round(bytes / 104857.6) / 10} MB` : `${Math.max(1, Math.round(bytes / 1024))} KB`;

function add(files) {
    for (const file of files) {
        if (uploads.some((one) => !one.over && one.place === view.place && one.file.name === file.name && one.file.size === file.size && one.file.lastModified === file.lastModified)) continue;
        const upload = { file, place: view.place, token: view.token, chunk: view.chunk, id: null, offset: 0, words: "Waiting", over: false, running: false, stop: new AbortController() };
        uploads.push(upload);
        show(upload);
        if (file.size > view.most) end(upload, `This file is ${size(file.size)}. The most is 25 MB: split it, or scan it at a lower resolution.`);
    }
    next();
}

function next() {
    document.documentElement.toggleAttribute("data-uploading", busy());
    for (const upload of uploads) {
        if (uploads.filter((one) => one.running).length >= AtOnce) return;
        if (!upload.over && !upload.running) run(upload);
    }
}

async function run(upload) {
    upload.running = true;
    for (let failures = 0; !upload.over;) {
        try {
            const before = upload.offset;
            const answer = await ask(upload);
            if (await settle(upload, answer)) failures = upload.offset === before && answer.status === 409 ? failures + 1 : 0;
            else failures++;
        } catch (fault) {
            if (upload.stop.signal.aborted) break;
            upload.unsure = upload.id !== null;
            upload.words = fault?.name === "NotReadableError" || fault?.name === "NotFoundError" ? end(upload, "The file cannot be read any more: it was moved or changed. Add it again.") : "The connection is lost. Trying again; nothing that arrived is lost.";
            failures++;
        }
        draw(upload);
        if (failures > 0 && !upload.over) await pause(Math.min(10000, 400 * 2 ** Math.min(failures, 6)) * (0.8 + Math.random() * 0.4), upload.stop.signal);
    }
    upload.running = false;
    next();
}

// One request: to make room, to ask how much is there after a break, or with the next piece.
async function ask(upload) {
    const { file } = upload;
    if (upload.id === null)
        return send(upload, "POST", "/documents/uploads", JSON.stringify({ referralId: upload.place, name: file.name, size: file.size, modified: file.lastModified }), { "Content-Type": "application/json" });
    if (upload.unsure) return send(upload, "HEAD", `/documents/uploads/${upload.id}`);
    // Read first, so that a file that cannot be read is told from a line that is down.
    const piece = await file.slice(upload.offset, upload.offset + upload.chunk).arrayBuffer();
    return send(upload, "PATCH", `/documents/uploads/${upload.id}`, piece, { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(upload.offset) });
}

const send = (upload, method, address, body, headers = {}) => fetch(address, {
    method, body, headers: { ...headers, RequestVerificationToken: upload.token }, redirect: "manual", cache: "no-store",
    signal: AbortSignal.any([upload.stop.signal, AbortSignal.timeout(Patience)]),
});

// True when the answer says how to go on at once.
async function settle(upload, answer) {
    const offset = answer.headers.get("Upload-Offset");
    if (offset !== null && (answer.ok || answer.status === 409)) {
        upload.offset = Number(offset);
        upload.unsure = false;
        upload.words = null;
        if (upload.id === null) {
            upload.id = (await answer.json()).id;
            tell();
        }
        if (answer.headers.get("Upload-Complete") === "true") end(upload, null);
        return true;
    }
    upload.unsure = upload.id !== null;
    if (answer.status === 401 || answer.type === "opaqueredirect") upload.words = "You are signed out. Sign in again in another tab, and this goes on.";
    else if (answer.status === 404) end(upload, "There is no place for this file any more: it was removed, or the referral is not open to you.");
    else if (answer.status === 422) end(upload, (await answer.json()).detail);
    else if (answer.status === 400 || answer.status === 403 || answer.status === 413 || answer.status === 415) end(upload, "The portal did not take this file. Open this page again and choose the file once more; what arrived is kept.");
    else upload.words = "The portal cannot take files just now. Trying again; nothing that arrived is lost.";
    return false;
}

// With words it went wrong, and stays on the list until it is dismissed.
function end(upload, words) {
    upload.over = true;
    upload.failed = words;
    upload.stop.abort();
    if (words === null) forget(upload);
    else draw(upload);
    say(words === null ? `${upload.file.name} has arrived and is being checked` : `${upload.file.name}: ${words}`);
    document.documentElement.toggleAttribute("data-uploading", busy());
    tell();
}

function forget(upload) {
    const place = uploads.indexOf(upload);
    if (place >= 0) uploads.splice(place, 1);
    upload.row?.remove();
}

async function tell() {
    try {
        await view?.page.invokeMethodAsync("Changed", uploads.filter((one) => !one.over && one.id !== null && one.place === view.place).map((one) => one.id));
    } catch { /* the page's connection is away; it reads again when it is back */ }
}

function say(words) {
    const status = view?.box.querySelector("[role=status]");
    if (status) status.textContent = words;
}

function show(upload) {
    const row = upload.row = document.createElement("li");
    const name = document.createElement("bdi");
    name.textContent = upload.file.name;
    upload.bar = document.createElement("progress");
    upload.bar.max = Math.max(1, upload.file.size);
    upload.bar.setAttribute("aria-label", `Uploading ${upload.file.name}`);
    upload.said = document.createElement("span");
    upload.said.className = "said";
    upload.button = document.createElement("button");
    upload.button.type = "button";
    upload.button.className = "button button-small button-quiet";
    upload.button.addEventListener("click", async () => {
        const id = upload.failed ? null : upload.id;
        upload.over = true;
        upload.stop.abort();
        forget(upload);
        next();
        try { if (id !== null) await view?.page.invokeMethodAsync("GiveUp", id); } catch { /* it stays in the list as unfinished */ }
        tell();
    });
    row.append(name, upload.bar, upload.said, upload.button);
    view.box.querySelector(".uploads").append(row);
    draw(upload);
}

function draw(upload) {
    if (!upload.row) return;
    upload.row.classList.toggle("failed", Boolean(upload.failed));
    upload.bar.hidden = Boolean(upload.failed);
    upload.bar.value = upload.offset;
    upload.said.textContent = upload.failed ?? `${size(upload.offset)} of ${size(upload.file.size)}${upload.words ? ` – ${upload.words}` : ""}`;
    const does = upload.failed ? "Dismiss" : "Stop";
    upload.button.textContent = does;
    upload.button.setAttribute("aria-label", `${does} ${upload.file.name}`);
}

function pause(time, signal) {
    return new Promise((resolve) => {
        const timer = setTimeout(done, time);
        function done() {
            clearTimeout(timer);
            removeEventListener("online", done);
            signal.removeEventListener("abort", done);
            resolve();
        }
        addEventListener("online", done);
        signal.addEventListener("abort", done);
    });
}
