// Counts as use: a key, a press, a scroll, in this page or in another page of the portal in the same browser.
// While the portal is used, a small request keeps the cookie; unused, the page warns and then leaves.

let lastUsed = Date.now();
let lastKept = Date.now();
let started = false;
let signingOut = false;

export function start(dialog, idle, warning) {
    const others = new BroadcastChannel("portal-session");
    const stay = dialog.querySelector(".session-stay");
    if (started) return;
    started = true;

    document.addEventListener("submit", event => { if (event.target.matches("form.sign-out")) signingOut = true; }, { capture: true });

    const used = () => {
        const now = Date.now();
        if (now - lastUsed > 5000) others.postMessage("used");
        lastUsed = now;
    };
    others.onmessage = () => { lastUsed = Date.now(); if (dialog.open) dialog.close(); };
    // With the warning on the screen only its button counts, or the mouse that reaches for another window would hide it.
    for (const kind of ["keydown", "pointerdown", "scroll"])
        document.addEventListener(kind, () => { if (!dialog.open) used(); }, { capture: true, passive: true });
    stay.addEventListener("click", () => { lastUsed = 0; used(); dialog.close(); keep(); });
    dialog.addEventListener("cancel", () => { lastUsed = 0; used(); keep(); });

    const look = async () => {
        const now = Date.now();
        if (now - lastUsed >= idle) end();
        else if (now - lastUsed >= idle - warning) { if (!dialog.open) dialog.showModal(); }
        else if (lastUsed > lastKept && now - lastKept >= idle / 6) await keep();
    };
    setInterval(look, Math.min(15000, warning / 4));
    document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
}

export function isSigningOut() {
    return signingOut;
}

async function keep() {
    lastKept = Date.now();
    try {
        const answer = await fetch("/session", { method: "POST", redirect: "manual" });
        if (answer.status === 401) leave();
    } catch {
        // no connection; the page itself says so
    }
}

async function end() {
    try {
        await fetch("/session/end", { method: "POST" });
    } finally {
        leave();
    }
}

function leave() {
    if (signingOut) return;
    location.assign("/sign-in?ended=true&returnUrl=" + encodeURIComponent(location.pathname + location.search));
}
