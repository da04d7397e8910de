// A tier that was dropped in another place is saved at once: the thresholds stay where they are, the tiers move.
document.addEventListener("DOMContentLoaded", () => {
  const ladder = document.getElementById("ladder");
  const form = document.getElementById("ladder-form");
  if (!ladder || !form) return;
  const places = () => [...ladder.querySelectorAll("[data-tier]")];
  const thresholds = places().map((rung) => rung.querySelector("[data-threshold]").textContent);
  const before = places().map((rung) => rung.dataset.tier).join();

  ladder.addEventListener("pl-placed", (event) => {
    const rungs = places();
    const order = rungs.map((rung) => rung.dataset.tier);
    if (order.join() === before) return;
    rungs.forEach((rung, place) => {
      rung.querySelector("[data-threshold]").textContent = thresholds[place];
    });
    document.getElementById("ladder-order").value = order.reverse().join();
    document.getElementById("ladder-moved").value = event.detail.id;
    const verb = document.createElement("input");
    verb.type = "hidden";
    verb.name = "do";
    verb.value = "place";
    form.append(verb);
    form.submit();
  });
});
