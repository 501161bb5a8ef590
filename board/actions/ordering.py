"""Sort keys of the cards in a column.

A sort key is an integer. Initially, the keys of neighbours are `GAP` apart, so a move writes one row. Only when there
is no key left between two neighbours, the cards around the position are spaced out again.
All functions require the writers' lock (board.actions).
"""

from django.db.models import Q, QuerySet, Subquery

from board.history.schema import SpacedOrders
from board.models import Task

GAP = 2**20
# The minimum distance after spacing out. It allows at least twelve insertions at one position.
ROOM = 2**12
REACH = 16
# The API returns keys as JSON numbers, which all clients represent exactly up to this one.
LIMIT = 2**53 - 1

# The order and the id of a card.
type Key = tuple[int, int]


def neighbours(
    column: QuerySet[Task], after: int | None = None, before: int | None = None, top: bool = False
) -> tuple[Key | None, Key | None]:
    """Return the sort keys that a card is inserted between: after `after`, else before `before`, else at the top or end.

    `column` is the ordered queryset of the column without the card itself. `after` and `before` are task ids, which are
    ignored if the task is not in the column. A key is (order, id), or None at an end of the column.
    """
    if after and (pair := _with_follower(column, after)):
        return pair
    if before and (pair := _with_follower(column.reverse(), before)):
        return pair[1], pair[0]
    edge = (column if top else column.reverse()).values_list("order", "pk").first()
    return (None, edge) if top else (edge, None)


def _with_follower(column: QuerySet[Task], pk: int) -> tuple[Key, Key | None] | None:
    """Return the keys of card `pk` and the next one in the queryset's order, or None if the card is not in it."""
    order = Subquery(column.filter(pk=pk).values("order")[:1])
    way = "lt" if column.query.standard_ordering is False else "gt"
    onwards = Q(**{f"order__{way}": order}) | Q(**{"order": order, f"pk__{way}e": pk})
    pair = list(column.filter(onwards).values_list("order", "pk")[:2])
    return (pair[0], pair[1] if len(pair) > 1 else None) if pair else None


def between(left: Key | None, right: Key | None) -> int | None:
    """Return an order between two keys (None for an end of the column), or None if there is no room."""
    if left is None:
        if right is None:
            return GAP
        order = right[0] - GAP
    elif right is None:
        order = left[0] + GAP
    else:
        order = (left[0] + right[0]) // 2
        if not left[0] < order < right[0]:
            return None
    return order if abs(order) <= LIMIT else None


def make_room(column: QuerySet[Task], left: Key | None) -> SpacedOrders:
    """Space out the cards around the position after the key `left` (None for the top).

    Returns {task id: [order before, order after]} of the cards whose key changed. Their sequence stays the same.
    Includes just enough neighbours to leave `ROOM` between any two.
    """
    reach = REACH
    orders = None
    while orders is None:
        floor, cards, ceiling = around(column, left, reach)
        orders = _spaced(len(cards), floor, ceiling)
        reach *= 2
    moved = {}
    changed = []
    for card, order in zip(cards, orders, strict=True):
        if card.order != order:
            moved[card.pk] = [card.order, order]
            card.order = order
            changed.append(card)
    Task.objects.bulk_update(changed, ["order"], batch_size=200)
    return moved


def around(column: QuerySet[Task], left: Key | None, reach: int) -> tuple[int | None, list[Task], int | None]:
    """Return (order before, cards, order after) for the `reach` cards on each side of the position after `left`.

    An order is None if the column ends there.
    """
    until = _up_to(left) if left else Q(pk__in=[])
    lower = list(column.filter(until).reverse()[: reach + 1])
    upper = list(column.exclude(until)[: reach + 1])
    floor = lower.pop().order if len(lower) > reach else None
    ceiling = upper.pop().order if len(upper) > reach else None
    return floor, [*reversed(lower), *upper], ceiling


def _up_to(key: Key) -> Q:
    order, pk = key
    return Q(order__lt=order) | Q(order=order, pk__lte=pk)


def _spaced(count: int, floor: int | None, ceiling: int | None) -> range | None:
    """Return `count` evenly spaced orders between two (None for no limit), or None if they would be too close."""
    if floor is None:
        if ceiling is None:
            return range(GAP, GAP * (count + 1), GAP)
        orders = range(ceiling - GAP * count, ceiling, GAP)
    elif ceiling is None:
        orders = range(floor + GAP, floor + GAP * (count + 1), GAP)
    else:
        step = (ceiling - floor) // (count + 1)
        if step < ROOM:
            return None
        orders = range(floor + step, floor + step * (count + 1), step)
    return orders if not orders or max(abs(orders[0]), abs(orders[-1])) <= LIMIT else None
