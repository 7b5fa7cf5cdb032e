// Ctrl + Enter sends the form that is being filled in.
document.addEventListener("keydown", (event) => {
  const form = event.target.form;
  if (form && form.method === "post" && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit(form.querySelector("button"));
  }
});
