"""Codes of everything the files room can say about a scenario: severity, meaning, what to do."""

from __future__ import annotations

from typing import NamedTuple

from dispatch.findings import Severity


class CodeText(NamedTuple):
    """One code: how bad, what it means, what a coordinator does about it."""

    severity: Severity
    meaning: str
    action: str


_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO

CODES: dict[str, CodeText] = {
    # files and the scenario document
    "E101": CodeText(_E, "a file is missing or cannot be opened", "Check the file name beside the scenario and that the file opens."),
    "E102": CodeText(_E, "a text file is neither UTF-8 nor GB18030", "Save it again as 'CSV UTF-8'."),
    "E103": CodeText(_E, "the scenario file is not valid YAML or JSON", "Mend the line shown: indent with spaces, put quotes around odd text."),
    "E104": CodeText(_E, "a key stands twice in one mapping", "Delete one of the two; only one can hold."),
    "E105": CodeText(_E, "a key is unknown", "Use a known key (`dispatch schema` lists them all)."),
    "E106": CodeText(_E, "a required key is missing", "Add the key."),
    "E107": CodeText(_E, "a value of the scenario document is not of the right kind", "Write a value of the kind named."),
    "E108": CodeText(_E, "the format version is not supported", "Write `format: 1`."),
    "E109": CodeText(_E, "the horizon is reversed or longer than 366 days", "Write `from` on or before `to`."),
    "E110": CodeText(_E, "the time zone is unknown", "Use an IANA name such as Asia/Shanghai."),
    # tables
    "E111": CodeText(_E, "a required column is missing", "Add a column with one of the accepted headings."),
    "E112": CodeText(_E, "a heading is probably misspelt", "Correct the heading, or rename the column if it means something else."),
    "E113": CodeText(_E, "two columns mean the same", "Keep one of them."),
    "E114": CodeText(_E, "a row has more cells than there are headings", "Put quotes around cells that hold a comma, or add the heading."),
    "E115": CodeText(_E, "the sheet is full (1,048,576 rows): rows may have been cut off", "Use CSV, or split the list by day or province."),
    "E116": CodeText(_E, "a required table is missing", "Name the table in the scenario."),
    # cells
    "E121": CodeText(_E, "a required value is missing", "Fill in the cell."),
    "E122": CodeText(_E, "not a date of the calendar", "Write dates as 2020-02-29."),
    "E123": CodeText(_E, "not a number", "Write a plain number without units."),
    "E124": CodeText(_E, "not a time of day", "Write times as 07:30; the next day as 07:30+1."),
    "E125": CodeText(_E, "the word is not one of those accepted", "Use one of the accepted words."),
    "E126": CodeText(_E, "a number outside its range", "Correct the number."),
    "E127": CodeText(_E, "an id stands twice", "Give every row its own id."),
    "E128": CodeText(_E, "a reference to something that is not there", "Correct the id, or add the missing row to the other table."),
    "E129": CodeText(_E, "a number was damaged by a spreadsheet", "Type it in again from the paper as text: format the column as Text first."),
    "E130": CodeText(_E, "the same document number stands twice", "Delete the double entry, or correct the number."),
    "E131": CodeText(_E, "a span of dates or numbers is reversed", "Exchange the two values."),
    "E132": CodeText(_E, "members of one party differ in site or boarding place", "Give them one site and one boarding place, or different parties."),
    "E133": CodeText(_E, "a place name is not known", "Write the full name with its county, or add the place with lat and lon to `places`."),
    "E134": CodeText(_E, "a place name has several meanings", "Write the full name, or give the region."),
    "E135": CodeText(_E, "times of a service are not in order", "Correct arrive/depart; use +1 for the next day."),
    "E136": CodeText(_E, "a service has no usable journey", "Give it at least two stops, one where people board before one where they alight."),
    "E137": CodeText(_E, "a row refers to a row that was rejected", "Mend the rejected row first."),
    "E138": CodeText(_E, "rows of one id contradict each other", "Repeat the same values in every row of the id, or leave them empty."),
    "E139": CodeText(_E, "the seat rows do not add up to the approved persons", "Correct `rows` or `approved`."),
    # rule profiles and overrides
    "E301": CodeText(_E, "a rule profile is unknown", "Use one of the profiles named."),
    "E302": CodeText(_E, "an override names an unknown rule", "Correct the key."),
    "E303": CodeText(_E, "the value of an override does not fit its rule", "Write a value of the kind named."),
    "E305": CodeText(_E, "the default entry rule names an entry rule that no profile or override defines", "Correct the name, or define it under overrides: entry_rules."),
    # facts files
    "E401": CodeText(_E, "a facts file has a wrong value, an unknown key or is not YAML", "Correct the facts file; scenarios/yangxian/facts.yaml is a worked example."),
    # warnings: planned around and shown
    "W201": CodeText(_W, "a column is not used", "Nothing to do, unless it was meant for something."),
    "W202": CodeText(_W, "a sheet is not used", "Rename the sheet if it holds one of the tables."),
    "W203": CodeText(_W, "the check digit of an ID number is wrong (GB 11643)", "Compare the number with the card."),
    "W204": CodeText(_W, "the dates wanted lie outside the horizon", "Change the dates or the horizon; nobody travels outside it."),
    "W205": CodeText(_W, "a child younger than 14 has no adult in the party", "Put the child into the party of an adult."),
    "W206": CodeText(_W, "a site is closed during the whole horizon", "Ask the employer for the opening date; its workers will stay unserved."),
    "W207": CodeText(_W, "a number that is an id stands without quotes", "Put quotes around it; other programs read it as another number."),
    "W208": CodeText(_W, "the clocks change within the horizon", "Times are on the clock of the first date; tell drivers about the change."),
    "W209": CodeText(_W, "a service or lock lies outside the horizon", "Change its date or the horizon."),
    "W210": CodeText(_W, "payer shares do not add up to 1", "Correct the shares; what is missing is paid by nobody named."),
    "W211": CodeText(_W, "neither home nor boarding place is given", "Fill in the home; the worker will stay unserved."),
    "W212": CodeText(_W, "the roster is empty", "Check that the right file is named."),
    "W213": CodeText(_W, "an ID number ends in 000: it may have been damaged by a spreadsheet", "Compare the number with the card."),
    "W214": CodeText(_W, "a class has no penalty of its own", "Add the class to rates.unserved, or correct its name."),
    "W215": CodeText(_W, "default prices are Chinese ones of 2020", "State the fleet's prices in the scenario's currency."),
    "W304": CodeText(_W, "a driver limit or the default entry rule changes inside the horizon; the one at its start is used", "Split the horizon or override the limit."),
    # notes
    "I301": CodeText(_I, "two people of one name", "Nothing to do if they are two people."),
}  # fmt: skip
