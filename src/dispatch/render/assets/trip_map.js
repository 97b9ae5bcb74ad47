/* Draws the trips of a plan on the Leaflet map of the page. ES5. All text goes in through textContent. */
(function () {
  'use strict';
  var data = JSON.parse(document.getElementById('trip-data').textContent);
  var map = window.map_dispatch, W = data.words, T = data.trips, P = data.places, CLASSES = data.classes;
  var SUMS = !!T.n, FEEDER = 3, COUNT = T.id.length, MOST_LABELS = 120, MOST_LISTED = 12, MOST_FLOWS = 60;
  var state = { day: '', area: -1, display: 'auto', search: '', classes: [true, true, true, true, true], only: null, trip: -1 };
  var shown = [], hay = null;

  function byId(id) { return document.getElementById(id); }
  function make(tag, parent, text, className) {
    var node = document.createElement(tag);
    if (text !== undefined && text !== null) { node.textContent = String(text); }
    if (className) { node.className = className; }
    if (parent) { parent.appendChild(node); }
    return node;
  }
  function empty(node) { while (node.firstChild) { node.removeChild(node.firstChild); } }
  function two(n) { return n < 10 ? '0' + n : String(n); }
  function dateOf(day) { return new Date(Date.UTC(data.first[0], data.first[1] - 1, data.first[2] + day)); }
  function dayText(day) { var d = dateOf(day); return d.getUTCFullYear() + '-' + two(d.getUTCMonth() + 1) + '-' + two(d.getUTCDate()); }
  function clock(min) {
    var day = Math.floor(min / 1440), rest = min - day * 1440;
    return dayText(day).slice(5) + ' ' + two(Math.floor(rest / 60)) + ':' + two(rest % 60);
  }
  function stopStart(i) { return SUMS ? 2 * i : T.stop_off[i]; }
  function stopEnd(i) { return SUMS ? 2 * i + 2 : T.stop_off[i + 1]; }
  function number(n) { return String(n).replace(/\B(?=(\d{3})+(?!\d))/g, ','); }
  function className(cls) { return W[CLASSES[cls].key]; }
  function stopsOf(i) {
    var stops = [];
    for (var s = stopStart(i); s < stopEnd(i); s++) {
      stops.push({ place: T.place[s], arrive: T.arr[s], depart: SUMS ? T.arr[s] : T.arr[s] + T.stay[s], board: T.board[s], alight: T.alight[s] });
    }
    return stops;
  }
  /* People of a trip; with a destination chosen, only those who go there. */
  function peopleOf(i) {
    if (state.area < 0) { return T.load[i]; }
    for (var s = T.area_off[i]; s < T.area_off[i + 1]; s++) { if (T.area[s] === state.area) { return T.area_people[s]; } }
    return 0;
  }
  /* Rows of a large plan stand for several trips of one date between two ends. */
  function tripsOf(i) { return SUMS ? T.n[i] : 1; }
  function countTrips(rows) { var total = 0; for (var k = 0; k < rows.length; k++) { total += tripsOf(rows[k]); } return total; }
  function titleOf(i) { return SUMS ? P.name[T.place[2 * i]] + ' → ' + P.name[T.place[2 * i + 1]] : T.id[i]; }
  function subtitleOf(i) {
    var stops = stopsOf(i);
    if (SUMS) { return dayText(T.day[i]) + ' · ' + W.trips + ': ' + number(T.n[i]); }
    return P.name[stops[0].place] + ' → ' + P.name[stops[stops.length - 1].place];
  }
  function point(place) { return [P.lat[place], P.lon[place]]; }

  /* ---- filters ---- */
  function haystack(i) {
    if (!hay) { hay = []; }
    if (hay[i] === undefined) {
      var text = SUMS ? [] : [T.id[i], T.vehicle[i], T.batch[i]];
      for (var s = stopStart(i); s < stopEnd(i); s++) { text.push(P.name[T.place[s]]); }
      hay[i] = text.join('\n').toLowerCase();
    }
    return hay[i];
  }
  function passes(i) {
    if (state.only && !state.only[i]) { return false; }
    if (state.day !== '' && T.day[i] !== +state.day) { return false; }
    if (state.area >= 0 && peopleOf(i) === 0) { return false; }
    return !state.search || haystack(i).indexOf(state.search) >= 0;
  }
  function refresh(refit) {
    var counts = [0, 0, 0, 0, 0], people = [0, 0, 0, 0, 0];
    shown = [];
    for (var i = 0; i < COUNT; i++) {
      if (!passes(i)) { continue; }
      counts[T.cls[i]] += tripsOf(i);
      if (!state.classes[T.cls[i]]) { continue; }
      people[T.cls[i]] += peopleOf(i);
      shown.push(i);
    }
    showCounts(counts, people);
    draw();
    if (refit) { fit(shown); }
  }
  function showCounts(counts, people) {
    byId('count-trips').textContent = number(countTrips(shown));
    byId('count-people').textContent = number(people[0] + people[1] + people[2]);
    var transfers = [];
    if (people[3]) { transfers.push(W.feeder_people + ' ' + number(people[3])); }
    if (people[4]) { transfers.push(W.last_mile_people + ' ' + number(people[4])); }
    byId('count-transfers').textContent = transfers.join('  |  ');
    for (var c = 0; c < CLASSES.length; c++) {
      byId('class-count-' + c).textContent = number(counts[c]);
      byId('class-' + c).parentNode.className = counts[c] ? '' : 'absent';
    }
    var list = byId('list');
    empty(list);
    for (var k = 0; k < shown.length && k < MOST_LISTED; k++) { pickButton(make('li', list), shown[k], ''); }
    if (shown.length > MOST_LISTED) { make('li', list, W.more.split('{count}').join(number(countTrips(shown.slice(MOST_LISTED)))), 'small'); }
    if (!shown.length) { make('li', list, W.nothing_shown, 'small'); }
  }
  function pickButton(parent, i, extra) {
    var button = make('button', parent, null, 'pick');
    button.type = 'button';
    make('i', button).style.background = CLASSES[T.cls[i]].colour;
    var middle = make('span', button);
    make('strong', middle, titleOf(i));
    make('em', middle, extra || subtitleOf(i));
    make('span', button, peopleOf(i), 'num');
    button.addEventListener('click', function () { choose(i, true); });
  }
  function fit(trips) {
    var bounds = L.latLngBounds([]);
    for (var k = 0; k < trips.length; k++) {
      for (var s = stopStart(trips[k]); s < stopEnd(trips[k]); s++) { bounds.extend(point(T.place[s])); }
    }
    if (!bounds.isValid()) { return; }
    var narrow = window.innerWidth <= 760, open = !byId('detail').hidden;
    var room = [open && !narrow ? Math.min(560, window.innerWidth * 0.42) : 60, open && narrow ? window.innerHeight * 0.56 : 50];
    map.fitBounds(bounds, { paddingTopLeft: [60, 50], paddingBottomRight: room, maxZoom: 11, animate: false });
  }

  /* ---- drawing ---- */
  var under, lines, marks, chosen, labelPane, labels = [];
  function pane(name, z, deaf) {
    var node = map.createPane(name);
    node.style.zIndex = z;
    if (deaf) { node.style.pointerEvents = 'none'; }
    return node;
  }
  function setUpPanes() {
    pane('under', 350, true); pane('trips', 400); pane('chosen', 450, true); labelPane = pane('labels', 460, true);
    under = { renderer: L.canvas({ pane: 'under', padding: 0.3 }), pane: 'under', interactive: false };
    var trips = L.canvas({ pane: 'trips', tolerance: 5, padding: 0.3 });
    var top = L.canvas({ pane: 'chosen', padding: 0.3 });
    lines = { renderer: trips, pane: 'trips', layers: L.layerGroup().addTo(map) };
    marks = { renderer: trips, pane: 'trips', layers: L.layerGroup().addTo(map) };
    chosen = { renderer: top, pane: 'chosen', layers: L.layerGroup().addTo(map) };
  }
  function line(into, path, cls, weight, opacity, onClick) {
    var style = CLASSES[cls], common = { renderer: into.renderer, pane: into.pane, lineCap: 'round', lineJoin: 'round', smoothFactor: 0 };
    var options = L.extend({}, common, { color: style.colour, weight: weight, opacity: opacity, interactive: !!onClick });
    if (cls === 2) { options.dashArray = '1 ' + Math.round(weight * 2.2); }
    if (cls >= FEEDER) { options.dashArray = '7 6'; options.lineCap = 'butt'; }
    if (cls === 1) { options.weight = weight + 1.5; }
    var drawn = L.polyline(path, options).addTo(into.layers);
    if (cls === 1) {
      L.polyline(path, L.extend({}, common, { color: '#fff', weight: Math.max(1.2, weight * 0.45), opacity: 1, dashArray: '9 9', lineCap: 'butt', interactive: false })).addTo(into.layers);
    }
    if (onClick) { drawn.on('click', function (event) { L.DomEvent.stop(event); onClick(); }); }
    return drawn;
  }
  function tip(layer, rows) {
    layer.bindTooltip(function () {
      var box = document.createElement('div');
      for (var r = 0; r < rows.length; r++) { make(r ? 'div' : 'b', box, rows[r]); }
      return box;
    }, { sticky: true });
  }
  function draw() {
    lines.layers.clearLayers(); marks.layers.clearLayers(); labels = [];
    var flows = state.display === 'flows' || (state.display === 'auto' && shown.length > data.flowsAbove);
    byId('drawn').textContent = flows ? W.flows_drawn : SUMS ? W.lines_drawn : W.trips_drawn;
    if (flows) { drawFlows(); } else { drawTrips(); }
    drawChosen();
  }
  function drawTrips() {
    var routes = {}, order = [], k, s, key;
    for (k = 0; k < shown.length; k++) {
      var i = shown[k], path = [];
      key = String(T.cls[i]);
      for (s = stopStart(i); s < stopEnd(i); s++) { key += ',' + T.place[s]; }
      if (!routes[key]) {
        for (s = stopStart(i); s < stopEnd(i); s++) { path.push(point(T.place[s])); }
        routes[key] = { cls: T.cls[i], path: path, trips: [], people: 0 };
        order.push(routes[key]);
      }
      routes[key].trips.push(i);
      routes[key].people += peopleOf(i);
    }
    order.sort(function (a, b) { return rank(a.cls) - rank(b.cls) || b.people - a.people; });
    var faint = order.length > 400 ? 0.35 : order.length > 60 ? 0.55 : 0.85;
    for (k = 0; k < order.length; k++) { drawRoute(order[k], faint); }
    drawStops(stopTotals());
  }
  function rank(cls) { return [1, 0, 0, 2, 2][cls]; }
  function drawRoute(route, opacity) {
    var weight = Math.min(8, 1.6 + Math.sqrt(route.people) / 8);
    var drawn = line(lines, route.path, route.cls, weight, opacity, function () {
      if (route.trips.length === 1) { choose(route.trips[0]); } else { showTrips(className(route.cls), route.trips); }
    });
    var first = route.trips[0];
    tip(drawn, [SUMS || route.trips.length === 1 ? titleOf(first) : className(route.cls),
      W.trips + ': ' + number(countTrips(route.trips)), W.people + ': ' + number(route.people)]);
  }
  function stopTotals() {
    var totals = {}, list = [];
    for (var k = 0; k < shown.length; k++) {
      for (var s = stopStart(shown[k]); s < stopEnd(shown[k]); s++) {
        var place = T.place[s];
        if (!totals[place]) { totals[place] = { place: place, board: 0, alight: 0, trips: [], first: T.arr[s], events: 0 }; list.push(totals[place]); }
        var total = totals[place];
        total.board += T.board[s]; total.alight += T.alight[s]; total.events++;
        if (total.trips[total.trips.length - 1] !== shown[k]) { total.trips.push(shown[k]); }
      }
    }
    return list.sort(function (a, b) { return (b.board + b.alight) - (a.board + a.alight); });
  }
  function headCount(board, alight) {
    return (board ? ' +' + number(board) : '') + (alight ? ' −' + number(alight) : '');
  }
  function markStyle(place, size) {
    var kind = P.kind[place];
    return { radius: size, weight: kind === 2 ? 2.5 : 2, color: '#1f2933', fillOpacity: 1, opacity: 1,
      fillColor: kind === 2 ? '#ffd34d' : (kind === 1 ? '#1f2933' : '#fff') };
  }
  function drawStops(totals) {
    for (var k = 0; k < totals.length; k++) { drawStop(totals[k]); }
  }
  function drawStop(total) {
    var size = Math.min(10, 3.5 + Math.sqrt(total.board + total.alight) / 6);
    var style = L.extend(markStyle(total.place, size), { renderer: marks.renderer, pane: marks.pane });
    var mark = L.circleMarker(point(total.place), style).addTo(marks.layers);
    mark.on('click', function (event) { L.DomEvent.stop(event); showPlace(total); });
    var rows = [P.name[total.place], W.board + ': ' + number(total.board), W.alight + ': ' + number(total.alight)];
    if (P.coarse[total.place]) { rows.push(W.map_coarse); }
    if (P.assumed[total.place]) { rows.push(W.map_assumed); }
    tip(mark, rows);
    var time = total.events === 1 && !SUMS ? ' · ' + clock(total.first) : '';
    labels.push({ at: point(total.place), place: total.place, text: P.name[total.place] + headCount(total.board, total.alight) + time, size: size });
  }

  /* Flows from county to destination prefecture; from prefecture, then from province, where these are too many to read. */
  function drawFlows() {
    var levels = [[0, 1], [1, 1], [2, 2]], flows, k, most = 1, ends = {};
    for (k = 0; k < levels.length; k++) {
      flows = collectFlows(levels[k][0], levels[k][1]);
      if (flows.length <= MOST_FLOWS) { break; }
    }
    flows.forEach(function (flow) { most = Math.max(most, flow.people); });
    flows.sort(function (a, b) { return rank(a.cls) - rank(b.cls) || b.people - a.people; });
    flows.forEach(function (flow) { drawFlow(flow, most, ends); });
    drawFlowEnds(ends);
  }
  function collectFlows(fromLevel, toLevel) {
    var found = {}, list = [], froms = centresOf(fromLevel), tos = centresOf(toLevel);
    for (var k = 0; k < shown.length; k++) {
      var i = shown[k], from = P.levels[T.place[stopStart(i)]][fromLevel], to = P.levels[T.place[stopEnd(i) - 1]][toLevel];
      var key = T.cls[i] + ',' + from + ',' + to;
      if (!found[key]) {
        found[key] = { cls: T.cls[i], from: froms[from], to: tos[to], trips: [], people: 0 };
        list.push(found[key]);
      }
      found[key].trips.push(i);
      found[key].people += peopleOf(i);
    }
    return list;
  }
  function centresOf(level) {
    var sums = {};
    for (var p = 0; p < P.name.length; p++) {
      var group = P.levels[p][level];
      if (!sums[group]) { sums[group] = { key: level + ':' + group, name: P.groups[group], lat: 0, lon: 0, count: 0 }; }
      sums[group].lat += P.lat[p]; sums[group].lon += P.lon[p]; sums[group].count++;
    }
    Object.keys(sums).forEach(function (group) { sums[group].at = [sums[group].lat / sums[group].count, sums[group].lon / sums[group].count]; });
    return sums;
  }
  function bend(from, to, cls) {
    var path = [], share = [0.07, 0.14, 0.2, -0.07, -0.07][cls];
    var middle = [(from[0] + to[0]) / 2 + (to[1] - from[1]) * share, (from[1] + to[1]) / 2 - (to[0] - from[0]) * share];
    for (var step = 0; step <= 16; step++) {
      var t = step / 16, a = (1 - t) * (1 - t), b = 2 * t * (1 - t), c = t * t;
      path.push([a * from[0] + b * middle[0] + c * to[0], a * from[1] + b * middle[1] + c * to[1]]);
    }
    return path;
  }
  function drawFlow(flow, most, ends) {
    var title = flow.from.name + ' → ' + flow.to.name, weight = 1.5 + 8 * Math.sqrt(flow.people / most);
    var drawn = line(lines, bend(flow.from.at, flow.to.at, flow.cls), flow.cls, weight, 0.75, function () { showTrips(title, flow.trips); });
    tip(drawn, [title, className(flow.cls), W.trips + ': ' + number(countTrips(flow.trips)), W.people + ': ' + number(flow.people)]);
    [[flow.from, 'board'], [flow.to, 'alight']].forEach(function (pair) {
      var end = ends[pair[0].key] || (ends[pair[0].key] = { group: pair[0], board: 0, alight: 0, trips: [] });
      end[pair[1]] += flow.people;
      for (var t = 0; t < flow.trips.length; t++) { end.trips.push(flow.trips[t]); }
    });
  }
  function drawFlowEnds(ends) {
    Object.keys(ends).forEach(function (key) {
      var end = ends[key], group = end.group, total = end.board + end.alight, size = Math.min(14, 4 + Math.sqrt(total) / 8);
      var mark = L.circleMarker(group.at, { renderer: marks.renderer, pane: marks.pane, radius: size, weight: 2, color: '#1f2933', fillOpacity: 1, fillColor: end.board >= end.alight ? '#fff' : '#1f2933' }).addTo(marks.layers);
      mark.on('click', function (event) { L.DomEvent.stop(event); showTrips(group.name, end.trips); });
      tip(mark, [group.name, W.board + ': ' + number(end.board), W.alight + ': ' + number(end.alight)]);
      labels.push({ at: group.at, text: group.name + headCount(end.board, end.alight), size: size, weight: total });
    });
    labels.sort(function (a, b) { return b.weight - a.weight; });
  }
  function drawChosen() {
    chosen.layers.clearLayers();
    map.getPane('trips').style.opacity = state.trip >= 0 ? 0.3 : 1;
    var special = [];
    if (state.trip >= 0) {
      var stops = stopsOf(state.trip), path = stops.map(function (stop) { return point(stop.place); });
      L.polyline(path, { renderer: chosen.renderer, pane: 'chosen', color: '#fff', weight: 11, opacity: 0.9, interactive: false }).addTo(chosen.layers);
      L.polyline(path, { renderer: chosen.renderer, pane: 'chosen', color: CLASSES[T.cls[state.trip]].colour, weight: 5, opacity: 1, interactive: false }).addTo(chosen.layers);
      stops.forEach(function (stop, k) {
        L.circleMarker(point(stop.place), L.extend(markStyle(stop.place, 6), { renderer: chosen.renderer, pane: 'chosen', interactive: false })).addTo(chosen.layers);
        special.push({ at: point(stop.place), place: stop.place, text: (SUMS ? '' : (k + 1) + '  ') + P.name[stop.place] + (SUMS ? '' : '  ' + clock(stop.arrive).slice(6)) + headCount(stop.board, stop.alight), size: 6, chosen: true });
      });
    }
    placeLabels(special);
  }
  /* Greedy placing: the largest first, right or left of, above or below the mark, nothing on top of another label. */
  function placeLabels(special) {
    placeLabels.special = special || placeLabels.special || [];
    empty(labelPane);
    var taken = panelBox(), size = map.getSize(), named = {}, drawn = 0;
    placeLabels.special.forEach(function (item) { named[item.place] = true; });
    var wanted = placeLabels.special.concat(labels.filter(function (item) { return item.place === undefined || !named[item.place]; }));
    var marksAt = wanted.slice(0, MOST_LABELS).map(function (item) {
      var at = map.latLngToContainerPoint(item.at);
      return [at.x - item.size, at.y - item.size, at.x + item.size, at.y + item.size];
    });
    for (var k = 0; k < wanted.length && drawn < MOST_LABELS; k++) {
      var item = wanted[k], at = map.latLngToContainerPoint(item.at);
      if (at.x < 0 || at.y < 0 || at.x > size.x || at.y > size.y) { continue; }
      var width = textWidth(item.text) + (item.chosen ? 12 : 0);
      var spot = findSpot(item, at, width, taken.concat(marksAt), size) || (item.chosen ? findSpot(item, at, width, taken, size) : null);
      if (!spot) { continue; }
      taken.push(spot);
      var node = make('div', labelPane, item.text, item.chosen ? 'place-label chosen' : 'place-label');
      L.DomUtil.setPosition(node, map.containerPointToLayerPoint([spot[0], spot[1]]));
      drawn++;
    }
  }
  function panelBox() {
    if (byId('detail').hidden) { return []; }
    var panel = byId('detail').getBoundingClientRect(), ground = map.getContainer().getBoundingClientRect();
    return [[panel.left - ground.left, panel.top - ground.top, panel.right - ground.left, panel.bottom - ground.top]];
  }
  function findSpot(item, at, width, taken, size) {
    var gap = item.size + 4;
    var tries = [[at.x + gap, at.y - 8], [at.x - gap - width, at.y - 8], [at.x - width / 2, at.y - gap - 16], [at.x - width / 2, at.y + gap]];
    for (var t = 0; t < tries.length; t++) {
      var box = [tries[t][0], tries[t][1], tries[t][0] + width, tries[t][1] + 16];
      if (box[0] < 0 || box[2] > size.x) { continue; }
      if (!taken.some(function (other) { return box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1]; })) { return box; }
    }
    return null;
  }
  function textWidth(text) {
    var width = 0;
    for (var k = 0; k < text.length; k++) { width += text.charCodeAt(k) > 0x2e7f ? 12.2 : 6.9; }
    return width;
  }

  /* ---- panel ---- */
  function openPanel(title) {
    var box = byId('detail');
    empty(box);
    box.hidden = false;
    box.scrollTop = 0;
    make('h2', box, title);
    var shut = make('button', box, '×', 'shut');
    shut.type = 'button';
    shut.setAttribute('aria-label', W.close);
    shut.addEventListener('click', closePanel);
    return box;
  }
  function closePanel() { byId('detail').hidden = true; state.trip = -1; drawChosen(); }
  function choose(i, refit) {
    state.trip = i;
    showTrip(i);
    byId('side').className = '';
    if (refit) { fit([i]); }
    drawChosen();
  }
  function entry(list, name, value) { make('dt', list, name); return make('dd', list, value); }
  function showTrip(i) {
    var box = openPanel(titleOf(i)), stops = stopsOf(i), aboard = 0, coarse = false;
    make('span', box, className(T.cls[i]), 'chip').style.background = CLASSES[T.cls[i]].colour;
    var facts = make('dl', box);
    entry(facts, W.service_date, dayText(T.day[i]));
    if (SUMS) { entry(facts, W.trips, number(T.n[i])); } else if (T.vehicle[i]) { entry(facts, W.vehicle, T.vehicle[i]); }
    var load = entry(facts, W.load_capacity, number(T.load[i]) + ' / ' + number(T.cap[i]));
    make('span', make('div', load, null, 'fill')).style.width = Math.min(100, T.cap[i] ? 100 * T.load[i] / T.cap[i] : 0) + '%';
    if (T.km[i]) { entry(facts, W.km, number(Math.floor(T.km[i] / 10)) + '.' + T.km[i] % 10); }
    if (SUMS) {
      entry(facts, W.depart, clock(stops[0].arrive));
      entry(facts, W.arrive, clock(stops[1].arrive));
      make('p', box, W.lines_note, 'small');
      return;
    }
    if (T.batch[i]) { entry(facts, W.batch, T.batch[i]); }
    var table = make('table', box), head = make('tr', make('thead', table));
    ['#', W.place, W.arrive, W.depart, '+', '−', '='].forEach(function (name) { make('th', head, name); });
    var body = make('tbody', table);
    stops.forEach(function (stop, k) {
      var row = make('tr', body);
      aboard += stop.board - stop.alight;
      coarse = coarse || P.coarse[stop.place];
      make('td', row, k + 1);
      var go = make('button', make('td', row), P.name[stop.place] + (P.coarse[stop.place] ? ' ※' : ''), 'go');
      go.type = 'button';
      go.addEventListener('click', function () { map.setView(point(stop.place), 10, { animate: false }); });
      make('td', row, clock(stop.arrive), 'clock');
      make('td', row, clock(stop.depart).slice(6), 'clock');
      make('td', row, stop.board || '', 'num'); make('td', row, stop.alight || '', 'num'); make('td', row, aboard, 'num');
    });
    if (coarse) { make('p', box, '※ ' + W.map_coarse, 'warn'); }
    if (data.papers.endings.length) { make('h3', box, W.manifest); }
    data.papers.endings.forEach(function (paper) {
      var link = make('a', box, paper[1], 'link');
      link.href = data.papers.folder + '/' + encodeURIComponent(data.papers.stems[i] || T.id[i]) + '.' + paper[0];
    });
  }
  function showTrips(title, trips) {
    var box = openPanel(title), people = 0;
    trips.forEach(function (i) { people += peopleOf(i); });
    make('p', box, W.trips + ': ' + number(countTrips(trips)) + ' · ' + W.people + ': ' + number(people), 'small');
    listTrips(box, trips, null);
  }
  function showPlace(total) {
    var box = openPanel(P.name[total.place]);
    make('p', box, W.board + ': ' + number(total.board) + ' · ' + W.alight + ': ' + number(total.alight), 'small');
    if (P.coarse[total.place]) { make('p', box, W.map_coarse, 'warn'); }
    if (P.assumed[total.place]) { make('p', box, W.map_assumed, 'warn'); }
    listTrips(box, total.trips, total.place);
  }
  function timeAt(i, place) {
    if (SUMS) { return ''; }
    var texts = stopsOf(i).filter(function (stop) { return stop.place === place; }).map(function (stop) {
      return clock(stop.arrive) + '–' + clock(stop.depart).slice(6) + headCount(stop.board, stop.alight);
    });
    return texts.join(', ');
  }
  function listTrips(box, trips, place) {
    trips.slice(0, MOST_LISTED).forEach(function (i) { pickButton(box, i, place === null ? '' : timeAt(i, place)); });
    if (trips.length > MOST_LISTED) { make('p', box, W.more.split('{count}').join(number(countTrips(trips.slice(MOST_LISTED)))), 'small'); }
    var only = make('button', box, W.only_these);
    only.type = 'button';
    only.addEventListener('click', function () {
      state.only = {};
      trips.forEach(function (i) { state.only[i] = true; });
      closePanel();
      refresh(true);
    });
  }

  /* ---- page ---- */
  function option(select, value, text) { make('option', select, text).value = value; }
  function fillFilters() {
    var days = {}, c;
    T.day.forEach(function (day, i) { days[day] = (days[day] || 0) + tripsOf(i); });
    option(byId('date'), '', W.all_dates);
    Object.keys(days).map(Number).sort(function (a, b) { return a - b; }).forEach(function (day) { option(byId('date'), String(day), dayText(day) + '  (' + days[day] + ')'); });
    option(byId('area'), '-1', W.all_destinations);
    T.areas.map(function (name, k) { return [name, k]; }).sort(function (a, b) { return a[0] < b[0] ? -1 : 1; }).forEach(function (area) { option(byId('area'), String(area[1]), area[0]); });
    ['auto', 'trips', 'flows'].forEach(function (name) { option(byId('display'), name, SUMS && name === 'trips' ? W.display_lines : W['display_' + name]); });
    for (c = 0; c < CLASSES.length; c++) { classRow(c); }
  }
  function classRow(c) {
    var row = make('label', byId('classes')), box = make('input', row), ns = 'http://www.w3.org/2000/svg';
    box.type = 'checkbox'; box.checked = true; box.id = 'class-' + c;
    var svg = document.createElementNS(ns, 'svg');
    svg.setAttribute('width', '34'); svg.setAttribute('height', '12');
    var strokes = c === 1 ? [[6, CLASSES[c].colour, ''], [2, '#fff', '9 9']] : [[c === 2 ? 5 : 4, CLASSES[c].colour, CLASSES[c].dash]];
    strokes.forEach(function (stroke) {
      var path = document.createElementNS(ns, 'line');
      [['x1', 3], ['x2', 31], ['y1', 6], ['y2', 6], ['stroke', stroke[1]], ['stroke-width', stroke[0]], ['stroke-dasharray', c === 2 ? '0.1 9' : stroke[2]], ['stroke-linecap', c === 2 ? 'round' : 'butt']].forEach(function (pair) { path.setAttribute(pair[0], pair[1]); });
      svg.appendChild(path);
    });
    row.appendChild(svg);
    make('span', row, className(c));
    make('b', row, 0).id = 'class-count-' + c;
    box.addEventListener('change', function () { state.classes[c] = box.checked; refresh(false); });
  }
  function clearFilters() {
    state.day = ''; state.area = -1; state.display = 'auto'; state.search = ''; state.only = null; state.classes = [true, true, true, true, true];
    byId('search').value = ''; byId('date').value = ''; byId('area').value = '-1'; byId('display').value = 'auto';
    for (var c = 0; c < CLASSES.length; c++) { byId('class-' + c).checked = true; }
    closePanel();
    refresh(true);
  }
  function listen() {
    var waiting = null;
    byId('search').addEventListener('input', function () {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(function () { state.search = byId('search').value.trim().toLowerCase(); refresh(true); }, 150);
    });
    byId('date').addEventListener('change', function () { state.day = this.value; refresh(true); });
    byId('area').addEventListener('change', function () { state.area = +this.value; refresh(true); });
    byId('display').addEventListener('change', function () { state.display = this.value; refresh(false); });
    byId('clear').addEventListener('click', clearFilters);
    byId('menu').addEventListener('click', function () {
      var open = byId('side').className !== 'open';
      byId('side').className = open ? 'open' : '';
      this.setAttribute('aria-expanded', String(open));
    });
    document.addEventListener('keydown', function (event) { if (event.key === 'Escape') { closePanel(); } });
    map.on('moveend zoomend resize', function () { drawGrid(); placeLabels(); });
    map.on('click', function () { if (!byId('detail').hidden) { closePanel(); } });
    window.addEventListener('hashchange', followHash);
  }
  function followHash() {
    var match = /^#trip=(.*)$/.exec(location.hash), wanted;
    if (!match) { return; }
    try { wanted = decodeURIComponent(match[1]); } catch (error) { return; }
    for (var i = 0; i < COUNT; i++) { if (T.id[i] === wanted) { choose(i, true); return; } }
  }

  /* ---- under the trips: base map, if given, and a light grid of degrees ---- */
  var grid = null;
  function drawGrid() {
    var bounds = map.getBounds(), zoom = map.getZoom(), step = zoom < 4 ? 20 : zoom < 6 ? 5 : zoom < 8 ? 2 : zoom < 9 ? 1 : zoom < 11 ? 0.25 : 0.05, path = [], at;
    if (grid) { map.removeLayer(grid); }
    for (at = Math.floor(bounds.getWest() / step) * step; at <= bounds.getEast(); at += step) { path.push([[bounds.getSouth(), at], [bounds.getNorth(), at]]); }
    for (at = Math.floor(bounds.getSouth() / step) * step; at <= bounds.getNorth(); at += step) { path.push([[at, bounds.getWest()], [at, bounds.getEast()]]); }
    grid = L.polyline(path, L.extend({ color: '#e4e9ee', weight: 1 }, under)).addTo(map);
  }
  function drawBasemap() {
    if (!data.basemap) { return; }
    data.basemap.lines.forEach(function (flat) {
      var path = [];
      for (var k = 0; k < flat.length; k += 2) { path.push([flat[k], flat[k + 1]]); }
      L.polyline(path, L.extend({ color: '#9aa7b3', weight: 1, opacity: 0.9 }, under)).addTo(map);
    });
    byId('basemap-note').textContent = data.basemap.attribution;
  }
  function fillWords() {
    var nodes = document.querySelectorAll('[data-word]');
    for (var k = 0; k < nodes.length; k++) { nodes[k].textContent = W[nodes[k].getAttribute('data-word')]; }
    byId('title').textContent = data.title;
    byId('foot').textContent = data.foot.join(' · ');
    byId('menu').setAttribute('aria-label', W.filters);
    document.title = data.title + ' · ' + W.map_title;
  }

  fillWords();
  map.attributionControl.setPrefix(false);
  map.attributionControl.addAttribution(W.map_caption);
  L.control.zoom({ position: 'bottomright' }).addTo(map);
  L.control.scale({ imperial: false, position: 'bottomleft' }).addTo(map);
  setUpPanes();
  drawBasemap();
  fillFilters();
  listen();
  refresh(true);
  drawGrid();
  followHash();
}());
