// Comfort only: the pages work without this file.
const print = document.getElementById("print");
print.hidden = false;
print.addEventListener("click", () => window.print());

const share = document.getElementById("share");
if (navigator.share) {
  share.hidden = false;
  share.addEventListener("click", () => {
    const url = document.querySelector("link[rel=canonical]").href;
    // Closing the dialog rejects the promise; nothing went wrong then.
    navigator.share({ title: document.title, url }).catch(() => {});
  });
}
