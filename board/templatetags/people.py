from django import template

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


@register.filter
def colour(person):
    """Return which of the avatar colours (board.css: `.p0` …) is the person's."""
    return person.pk % COLOURS
