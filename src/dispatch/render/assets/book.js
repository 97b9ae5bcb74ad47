/* Filters of the plan book's tables; opens folded lists before printing. ES5. */
(function () {
  'use strict';
  function watch(box) {
    var rows = document.getElementById(box.getAttribute('data-table')).tBodies[0].rows, texts = null, waiting = null;
    var counter = box.parentNode.querySelector('.rows');
    function apply() {
      var words = box.value.toLowerCase().split(/\s+/).filter(Boolean), shown = 0, k;
      if (words.length && !texts) {
        texts = [];
        for (k = 0; k < rows.length; k++) { texts.push(rows[k].textContent.toLowerCase()); }
      }
      for (k = 0; k < rows.length; k++) {
        var fits = words.every(function (word) { return texts[k].indexOf(word) >= 0; });
        rows[k].hidden = !fits;
        shown += fits ? 1 : 0;
      }
      counter.textContent = counter.getAttribute('data-pattern').split('{shown}').join(String(shown)).split('{total}').join(String(rows.length));
    }
    box.addEventListener('input', function () { window.clearTimeout(waiting); waiting = window.setTimeout(apply, 120); });
    apply();
  }
  Array.prototype.forEach.call(document.querySelectorAll('input[data-table]'), watch);
  window.addEventListener('beforeprint', function () {
    Array.prototype.forEach.call(document.querySelectorAll('details'), function (one) { one.open = true; });
  });
}());
