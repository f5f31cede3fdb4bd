"""How the theory page looks: a narrow list of chapters beside a column of text, with figures wider than the text."""

STYLE = """<style>
/* the list of chapters stays; on narrow screens one box takes its place */
.st-key-theory_aside { position: sticky; top: 5rem; max-height: calc(100vh - 6rem); overflow-y: auto; }
[data-testid="stColumn"]:has(> [data-testid="stVerticalBlock"] .st-key-theory_aside) > div { height: 100%; }
.st-key-theory_aside [role="radiogroup"] { gap: 0; }
.st-key-theory_aside [role="radiogroup"] label { width: 100%; padding: 0.22rem 0.5rem; margin: 0;
  border-left: 2px solid transparent; }
.st-key-theory_aside [data-testid="stRadioOption"] > div > div:not([data-testid]) { display: none; }
.st-key-theory_aside [data-testid="stRadioOption"] p { font-size: 0.92rem; line-height: 1.35; }
.st-key-theory_aside [data-testid="stRadioOption"]:hover p { text-decoration: underline;
  text-underline-offset: 0.2em; }
.st-key-theory_aside [data-selected="true"] { border-left-color: currentColor !important; }
.st-key-theory_aside [data-selected="true"] p { font-weight: 600; }
.st-key-theory_aside [data-testid="stRadioOption"]:has(input:focus-visible) { outline: 2px solid currentColor;
  outline-offset: -2px; border-radius: 0.25rem; }
.st-key-theory_narrow { display: none; }
@media (max-width: 900px) {
  .st-key-theory_narrow { display: flex; }
  [data-testid="stColumn"]:has(.st-key-theory_aside) { display: none; }
  [data-testid="stColumn"]:has(.st-key-theory_narrow) { min-width: 100%; }
}
/* words */
.theory-number { margin: 0 0 0.35rem; font-size: 0.9rem; color: color-mix(in srgb, currentColor 70%, transparent); }
.lab-title:focus { outline: none; }
[class*="st-key-theory_text"] p, [class*="st-key-theory_text"] li { font-size: 1.05rem; line-height: 1.65;
  max-width: 68ch; }
[class*="st-key-theory_text"] :is(h2, h3) { font-size: 1.3rem; padding: 0.6rem 0 0.2rem; }
[class*="st-key-theory_text"] .katex-display { overflow-x: auto; overflow-y: hidden; max-width: 68ch; margin: 0.6em 0;
  padding: 0.2em 0; }
[class*="st-key-theory_text"] table { font-size: 0.95rem; }
/* live figures */
[class*="st-key-theory_figure_"] { border-top: 1px solid color-mix(in srgb, currentColor 14%, transparent);
  border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent); padding: 1.1rem 0 0.9rem;
  margin: 0.4rem 0; gap: 0.8rem; }
.theory-branch { margin: 0; font-size: 0.9rem; color: color-mix(in srgb, currentColor 74%, transparent); }
.theory-translation { margin: 0.1rem 0 0.2rem; font-family: var(--lab-serif); font-size: 1.3rem; line-height: 1.35; }
[class*="st-key-theory_branch_"] { border-top: 3px solid transparent; padding-top: 0.6rem; }
[class*="st-key-theory_branch_"][class*="_on"] { border-top-color: currentColor; }
.st-key-theory_catalogue_table { overflow: clip; }
.st-key-theory_catalogue_table table { font-size: 0.9rem; }
.st-key-theory_catalogue_table p { max-width: none; }
@media (max-width: 640px) {
  .st-key-theory_catalogue_table :is(table, tbody, tr, td) { display: block; width: auto; border: none; }
  .st-key-theory_catalogue_table thead { display: none; }
  .st-key-theory_catalogue_table tr { padding: 0.6rem 0;
    border-top: 1px solid color-mix(in srgb, currentColor 14%, transparent); }
  .st-key-theory_catalogue_table td { padding: 0.15rem 0; }
  .st-key-theory_catalogue_table td:first-child { font-weight: 600; }
  .st-key-theory_catalogue_table .katex { font-size: 1.05em; }
}
[class*="st-key-theory_figure_"] a[data-testid="stPageLink-NavLink"] { padding-left: 0; }
[class*="st-key-theory_figure_"] a[data-testid="stPageLink-NavLink"] p { text-decoration: underline;
  text-underline-offset: 0.2em; }
.theory-say { font-size: 1.05rem; margin: 0; max-width: 70ch; line-height: 1.5; }
.theory-say strong { font-weight: 600; }
/* corrections: a row each, cards on a phone */
.st-key-theory_corrections { gap: 0; }
[class*="st-key-theory_correction_"] { border-top: 1px solid color-mix(in srgb, currentColor 14%, transparent);
  padding: 0.7rem 0 0.8rem; }
[class*="st-key-theory_correction_"] [data-testid="stVerticalBlock"] { gap: 0.45rem; }
[class*="st-key-theory_correction_"] .stMarkdown p { line-height: 1.5; margin: 0 0 0.3rem; }
[class*="st-key-theory_correction_"] :is(a, button) { min-height: 0; padding: 0.1rem 0; }
[class*="st-key-theory_correction_"] :is(a, button) p { text-decoration: underline; text-underline-offset: 0.2em; }
.st-key-theory_correction_head { border-top: none; padding: 0; }
.st-key-theory_correction_head p { font-weight: 600; }
@media (max-width: 640px) {
  .st-key-theory_correction_head { display: none; }
  [class*="st-key-theory_right_"] { border-left: 3px solid light-dark(#7a58be, #a78fe0); padding-left: 0.8rem; }
}
/* references, the way on */
.theory-references h2 { font-size: 1rem; margin: 0.8rem 0 0.3rem; padding: 0; font-weight: 600; }
.theory-references ul { margin: 0; padding-left: 1.1rem; }
.theory-references li { font-size: 0.9rem; line-height: 1.5; max-width: 78ch; overflow-wrap: anywhere;
  margin: 0.15rem 0; }
.theory-references a { color: inherit; text-underline-offset: 0.15em; }
.st-key-theory_way { border-top: 1px solid color-mix(in srgb, currentColor 14%, transparent); padding-top: 0.9rem;
  margin-top: 0.8rem; }
</style>"""

# Turning a page starts the next one at its top, with the focus on its title.
TO_TOP = """
let last = null;
export default function ({ data }) {
  const turned = last !== null && last !== data.chapter;
  last = data.chapter;
  if (!turned) return;
  document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
  const begin = (left) => {
    const title = document.querySelector(".st-key-theory_frame .lab-title");
    if (title) title.focus({ preventScroll: true });
    else if (left) requestAnimationFrame(() => begin(left - 1));
  };
  begin(30);
}
"""
