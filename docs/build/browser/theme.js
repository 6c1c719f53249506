/** Runs before the page is painted: the theme that the reader chose on any page, else that of the system. */
{
  const root = document.documentElement;
  let theme = "os";
  try {
    theme = localStorage.getItem("tsd-theme") ?? theme;
  } catch {
    // A browser that keeps nothing keeps no theme.
  }
  root.dataset.theme = theme;
}
