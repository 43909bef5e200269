// A question can be chosen and is shown with its answers; paper, where none can be, holds them all.
// Without scripts a pointer stands instead.
const made = (tag, attributes, ...content) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...content);
  return element;
};
const answerRow = ([name, n, answered, asked, share, missing]) => {
  const heading = made("th", { scope: "row" }, made("bdi", {}, name));
  if (share) {
    const bar = made("span", { class: missing ? "bar missing" : "bar", "aria-hidden": true });
    bar.style.width = `${share}%`;
    heading.append(bar);
  }
  const cells = [n, answered, asked].map((text) => made("td", { class: "numeric" }, text));
  return made("tr", {}, heading, ...cells);
};
const answerTable = (words, stamp, question) => {
  const headings = [words.answer, words.n, words.answered, words.asked].map((text, place) =>
    made("th", { scope: "col", class: place ? "numeric" : "" }, text));
  return made("table", {},
    made("caption", {}, made("b", {}, question.id), ` ${words.caption} `, made("span", { class: "mark" }, stamp)),
    made("thead", {}, made("tr", {}, ...headings)),
    made("tbody", {}, ...question.answers.map(answerRow)));
};
const numbers = (question) => question.statistics.map(([name, value]) =>
  made("div", {}, made("dt", { dir: "auto" }, name), made("dd", {}, value)));
const printed = (words, stamp, question) => made("div", {},
  made("p", { class: "wording", dir: "auto" }, question.text),
  answerTable(words, stamp, question),
  made("dl", {}, ...numbers(question)),
  made("p", { class: "notes" }, question.remarks.join(" ")));
for (const explorer of document.querySelectorAll(".explorer")) {
  const { words, stamp, questions } = JSON.parse(explorer.querySelector("script").textContent);
  const field = made("select", {});
  const wording = made("p", { class: "wording", dir: "auto", "aria-live": "polite" });
  const answers = made("div", { class: "scroll", role: "region", tabindex: 0 });
  const statistics = made("dl", {});
  const remarks = made("p", { class: "notes" });
  const groups = new Map();
  for (const [place, { id, group, text }] of questions.entries()) {
    if (!groups.has(group)) {
      groups.set(group, made("optgroup", { label: group }));
      field.append(groups.get(group));
    }
    const characters = [...text];
    const short = characters.length > 70 ? `${characters.slice(0, 69).join("")}…` : text;
    groups.get(group).append(made("option", { value: place }, `${id} ${short}`));
  }
  const show = () => {
    const question = questions[Number(field.value)];
    wording.textContent = question.text;
    answers.setAttribute("aria-label", `${question.id} ${words.caption}`);
    answers.replaceChildren(answerTable(words, stamp, question));
    statistics.replaceChildren(...numbers(question));
    remarks.textContent = question.remarks.join(" ");
  };
  field.addEventListener("input", show);
  const label = made("label", { class: "choice" }, `${words.choose} `, field);
  explorer.append(made("div", { class: "panel" }, label, wording, answers, statistics, remarks));
  explorer.append(made("div", { class: "paper" }, ...questions.map((each) => printed(words, stamp, each))));
  explorer.classList.add("ready");
  field.value = field.querySelector("option").value;
  show();
}
