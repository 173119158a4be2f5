"""What in a reading does not fit its source in; a finding that says so and how to mend it, out."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import category

from rdflib.term import IdentifiedNode

from fosen_graph.findings import Finding, Place, Words, shown, violation, warning
from fosen_graph.reading.source import Cell


def no_name(level: str, key: str, place: Place) -> Finding:
    what = Words(nb=f"{level} uten «{key}».", en=f"“{key}” is missing here.")
    remedy = Words(
        nb=f"Skriv «{key}:», med ordene som står i kilden.", en=f"Write “{key}:”, with the words of the source."
    )
    return violation(place, "no-name", what, remedy)


def no_line(level: str, place: Place) -> Finding:
    what = Words(nb=f"{level} uten «linje».", en="no “linje” says where this stands.")
    remedy = Words(
        nb="Skriv nummeret på linjen i kilde.txt der dette står, for eksempel «linje: 24».",
        en="Write the number of the line of kilde.txt where this stands, such as “linje: 24”.",
    )
    return violation(place, "no-line", what, remedy)


def no_column(content: str, place: Place) -> Finding:
    """Words of a level or a role that the table has no column for."""
    what = Words(nb=f"kilden har ingen kolonne for {content}.", en=f"the source has no column for “{content}”.")
    remedy = Words(
        nb=f"Skriv «innhold: {content}» ved kolonnen i kilde.yaml; finnes ingen, slett dette.",
        en=f"Write “innhold: {content}” at its column in kilde.yaml; if there is none, delete this.",
    )
    return violation(place, "no-column", what, remedy)


def other_above(form: str, text: str, where: str, place: Place, guess: str | None) -> Finding:
    """A measure whose row tells another level than the one that it is under."""
    what = Words(
        nb=f"linje {where} av kilden sier «{shown(text)}», men tiltaket står under «{shown(form)}».",
        en=f"line {where} of the source says “{shown(text)}”, but the measure is under “{shown(form)}”.",
    )
    if guess:
        return violation(
            place,
            "other-above",
            what,
            Words(nb=f"Flytt tiltaket til «{guess}», eller rett linjenummeret.",
                  en=f"Move the measure to “{guess}”, or mend its line number."),
        )  # fmt: skip
    remedy = Words(
        nb="Flytt tiltaket, eller legg kildens ord til som «ordlyd» der det står.",
        en="Move the measure, or add the source's words as “ordlyd” where it is.",
    )
    return violation(place, "other-above", what, remedy)


def empty_cell(line: int, title: str, place: Place) -> Finding:
    if not title:
        what = Words(
            nb=f"linje {line} av kilden er ikke en rad i tabellen.",
            en=f"line {line} of the source is no row of the table.",
        )
    else:
        what = Words(
            nb=f"linje {line} av kilden har ingen tekst under {title}.",
            en=f"line {line} of the source has no text under {title}.",
        )
    remedy = Words(nb="Rett linjenummeret; se i kilde.txt.", en="Mend the line number; look in kilde.txt.")
    return violation(place, "no-cell", what, remedy)


def no_row(line: int, place: Place) -> Finding:
    """A row that should go on where the table has none, or where it begins."""
    what = Words(
        nb=f"raden kan ikke fortsette i linje {line} av kilden.",
        en=f"the row cannot go on in line {line} of the source.",
    )
    remedy = Words(
        nb="Skriv først linjen der raden begynner, og så hver linje der den fortsetter.",
        en="Write the line where the row begins, and then each line where it goes on.",
    )
    return violation(place, "no-row", what, remedy)


def on_another_line(form: str, line: int, place: Place) -> Finding:
    what = Words(
        nb=f"«{shown(form)}» står ikke i denne linjen av kilden.",
        en=f"“{shown(form)}” is not on this line of the source.",
    )
    return violation(place, "wrong-line", what, Words(nb=f"mente du linje {line}?", en=f"did you mean line {line}?"))


def too_much(form: str, where: str, place: Place) -> Finding:
    what = Words(
        nb=f"«{shown(form)}» står ikke i linje {where} av kilden; alt der er lest som noe annet.",
        en=f"“{shown(form)}” is not on line {where} of the source; all of it is read as something else.",
    )
    return violation(place, "not-in-source", what, Words(nb="Slett det.", en="Delete it."))


def row_goes_on(form: str, lines: Sequence[int], place: Place) -> Finding:
    """A name that stands in a row below, which nothing else is read from."""
    what = Words(
        nb=f"«{shown(form)}» står i linje {lines[-1]} av kilden, som ikke er lest.",
        en=f"“{shown(form)}” is on line {lines[-1]} of the source, which is not read.",
    )
    listed = ", ".join(map(str, lines))
    remedy = Words(
        nb=f"Fortsetter raden der, skriv «linje: [{listed}]» på tiltaket.",
        en=f"If the row goes on there, write “linje: [{listed}]” on the measure.",
    )
    return violation(place, "row-goes-on", what, remedy)


def displaced(form: str, line: int, first: int, place: Place) -> Finding:
    """A level whose words stand on another line than the first thing below it."""
    what = Words(
        nb=f"«{shown(form)}» står i linje {line} av kilden, men det første tiltaket under står i linje {first}.",
        en=f"“{shown(form)}” is on line {line} of the source, but the first measure below it on line {first}.",
    )
    remedy = Words(
        nb="Flytt tiltaket dit det hører hjemme, eller rett linjenummeret på det.",
        en="Move the measure to where it belongs, or mend its line number.",
    )
    return violation(place, "displaced", what, remedy)


_OTHER_WORDS = Words(
    nb="Skriv ordene som i kilden, eller legg kildens ord til som «ordlyd».",
    en="Write the words as in the source, or add the source's words as “ordlyd”.",
)
_OTHER_ACTOR = Words(
    nb="Rett id-en, eller legg kildens ord til som «skrevet» der navnet står.",
    en="Mend the id, or add the source's words as “skrevet” where the name is.",
)


def not_in_cell(
    form: str, texts: Sequence[str], where: str, place: Place, guess: str | None = None, *, actor: bool = False
) -> Finding:
    """where: line and column, for people; without one there is no cell at all."""
    there = " ".join(texts)
    nb, en = (
        (f"der står «{shown(there)}»", f"there stands “{shown(there)}”")
        if there
        else ("der er ingen tekst", "there is no text")
    )
    at, at_en = (f"i linje {where} av kilden", f"on line {where} of the source") if where else ("i raden", "in the row")
    what = Words(nb=f"«{shown(form)}» står ikke {at}; {nb}.", en=f"“{shown(form)}” is not {at_en}; {en}.")
    if guess:
        remedy = Words(nb=f"mente du «{guess}»?", en=f"did you mean “{guess}”?")
    elif hidden := _hidden(form) or _hidden(there):
        remedy = Words(
            nb=f"Teksten har et usynlig tegn ({hidden}). Skriv ordene på nytt, eller kopier dem fra kilde.txt.",
            en=f"The text has an invisible character ({hidden}). Type the words again, or copy them from kilde.txt.",
        )
    elif not there:
        remedy = Words(nb="Slett det, eller rett linjenummeret.", en="Delete it, or mend the line number.")
    else:
        remedy = _OTHER_ACTOR if actor else _OTHER_WORDS
    return violation(place, "not-in-source", what, remedy)


def _hidden(text: str) -> str:
    """The first character that cannot be seen: a space of another kind, or one without width."""
    return next((f"U+{ord(c):04X}" for c in text if c != " " and category(c) in ("Cc", "Cf", "Zs")), "")


def misspelt(form: str, cells: Sequence[Cell], where: str, home: Place) -> Finding:
    """A name that none of the rows has that should. cells: of the first of them. where: all of them."""
    there = " ".join(cell.text for cell in cells)
    what = Words(
        nb=f"«{shown(form)}» står ikke i linje {where} av kilden; der står «{shown(there)}».",
        en=f"“{shown(form)}” is not on line {where} of the source; there stands “{shown(there)}”.",
    )
    remedy = Words(
        nb="Rett navnet, eller skriv kildens ord som «skrevet».",
        en="Mend the name, or write the source's words as “skrevet”.",
    )
    return violation(home, "not-in-source", what, remedy)


def not_in_title(form: str, line: int, text: str, place: Place) -> Finding:
    """text: of the line; empty where it is not a line of the title."""
    if text:
        return not_in_cell(form, [text], str(line), place)
    what = Words(
        nb=f"linje {line} hører ikke til teksten rundt tabellen, eller er tom.",
        en=f"line {line} is not of the text around the table, or is empty.",
    )
    remedy = Words(
        nb=f"Skriv linjen i kilde.txt der «{shown(form)}» står.",
        en=f"Write the line of kilde.txt with “{shown(form)}”.",
    )
    return violation(place, "not-in-source", what, remedy)


def told_twice(form: str, place: Place) -> Finding:
    """Words of the title that two mentions claim."""
    what = Words(
        nb=f"«{shown(form)}» er allerede lest som noe annet.", en=f"“{shown(form)}” is already read as something else."
    )
    remedy = Words(nb="Behold den omtalen som er riktig.", en="Keep the mention that is right.")
    return violation(place, "mention-twice", what, remedy)


def not_covered(rest: str, where: str, place: Place, guess: str | None) -> Finding:
    what = Words(
        nb=f"«{shown(rest)}» i linje {where} av kilden er ikke lest.",
        en=f"“{shown(rest)}” on line {where} of the source is not read.",
    )
    if guess:
        remedy = Words(nb=f"Legg til «{guess}».", en=f"Add “{guess}”.")
    else:
        remedy = Words(nb="Legg til det som mangler, eller rett ordene.", en="Add what is missing, or mend the words.")
    return violation(place, "not-read", what, remedy)


def cut_short(form: str, comment: str, place: Place, *, fits: bool) -> Finding:
    """An unquoted « #»: YAML takes the rest for a comment, but the source goes on. fits: the rest may be left out."""
    what = Words(
        nb=f"YAML leser «{shown(comment)}» som en kommentar, men kilden går videre slik etter «{shown(form)}».",
        en=f"YAML takes “{shown(comment)}” for a comment, but the source goes on so after “{shown(form)}”.",
    )
    remedy = Words(
        nb="Sett enkle anførselstegn rundt hele teksten: '…'.", en="Put the whole text in single quotes: '…'."
    )
    return (warning if fits else violation)(place, "cut-short", what, remedy)


def not_read(cells: Sequence[Cell], place: Place) -> Finding:
    words = " | ".join(f"«{shown(cell.text)}»" for cell in cells)
    what = Words(nb=f"{words} er ikke lest av noe i plan.yaml.", en=f"{words} is not read by anything in plan.yaml.")
    remedy = Words(
        nb=f"Legg det til i plan.yaml med «linje: {cells[0].line}».",
        en=f"Add it to plan.yaml with “linje: {cells[0].line}”.",
    )
    return violation(place, "not-read", what, remedy)


def cited_twice(actor: IdentifiedNode, place: Place) -> Finding:
    slug = actor.rpartition("/")[2]
    what = Words(nb=f"«{slug}» står to ganger.", en=f"“{slug}” stands twice.")
    remedy = Words(
        nb="Slett den ene, eller rett den til den som mangler.", en="Delete one, or mend it to the one that is missing."
    )
    return violation(place, "cited-twice", what, remedy)


def same_words(form: str, other: str, place: Place) -> Finding:
    """Two things that the same words of one row name."""
    what = Words(
        nb=f"to ting i samme rad heter «{shown(form)}»; den andre er «{other}».",
        en=f"two things of one row are called “{shown(form)}”; the other is “{other}”.",
    )
    remedy = Words(
        nb="Slett den ene, eller skriv ordene som skiller dem, som «ordlyd».",
        en="Delete one, or write the words that tell them apart as “ordlyd”.",
    )
    return violation(place, "same-words", what, remedy)


def row_is_shared(place: Place) -> Finding:
    what = Words(
        nb="raden har flere tiltak, og kilden sier ikke hvem som hører til hvilket.",
        en="the row has several measures, and the source does not say who belongs to which.",
    )
    remedy = Words(
        nb="Skriv aktørene bare på radens første tiltak; de gjelder alle.",
        en="Write the actors on the row's first measure only; they hold for all.",
    )
    return violation(place, "row-is-shared", what, remedy)


def doubt_without_words(words: str, place: Place) -> Finding:
    what = Words(
        nb=f"«{shown(words)}» er ikke lest som noe i raden.", en=f"“{shown(words)}” is not read as anything in the row."
    )
    remedy = Words(nb="Skriv ordene nøyaktig som i kilden.", en="Write the words exactly as in the source.")
    return violation(place, "doubt-without-words", what, remedy)


def half_a_mention(place: Place) -> Finding:
    what = Words(nb="«omtalt» mangler linje eller ordlyd.", en="“omtalt” lacks linje or ordlyd.")
    remedy = Words(nb="Skriv «{linje: 14, ordlyd: …}».", en="Write “{linje: 14, ordlyd: …}”.")
    return violation(place, "half-a-mention", what, remedy)


def name_differs(name: str, written: str, place: Place) -> Finding:
    what = Words(
        nb=f"navnet «{name}» og kildens «{written}» skiller seg i mer enn store bokstaver og tegn.",
        en=f"the name “{name}” and the source's “{written}” differ by more than case and punctuation.",
    )
    return warning(
        place,
        "name-differs",
        what,
        Words(nb="Skriv navnet med kildens bokstaver.", en="Write the name with the source's letters."),
    )
