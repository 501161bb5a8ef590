from django import template
from django.urls import reverse

from board.search import sort_key

register = template.Library()
COLOURS = 8


@register.filter
def initials(person):
    """Return one or two letters for a person: of first and last name, else of the username."""
    names = [name for name in (person.first_name, person.last_name) if name]
    return ("".join(name[0] for name in names) or person.username[:2]).upper()


@register.filter
def full_name(person):
    """Return the name people know the person by."""
    return person.get_full_name() or person.username


def by_name(person):
    """Return the key by which people are sorted."""
    return sort_key(full_name(person)), person.pk


@register.filter
def colour(person):
    """Return which of the avatar colours (board.css: `.p0` …) is the person's."""
    return person.pk % COLOURS


@register.filter
def avatar(person):
    """Return the address of the person's initials as a picture."""
    return reverse("placeholder:avatar", args=[full_name(person).replace("/", " ")])
