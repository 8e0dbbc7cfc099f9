"""Places and cancels an order with nothing but a client that was generated from the document.

It reads the address and a key from the environment; the package `quartermaster_client` was generated beside it.
"""

import os
import uuid

from quartermaster_client import AuthenticatedClient
from quartermaster_client.api.orders import get_order, post_cancellation, post_order
from quartermaster_client.models import Accepted, Address, Cancellation, Cancelled, NewLine, NewOrder, Order, Place, Problem

client = AuthenticatedClient(base_url=os.environ["QUARTERMASTER"], token=os.environ["KEY"])


def order(external_code, quantity):
    address = Address(name="Ana Petrova", line1="ul. Shipka 5", postal_code="1504", city="Sofia", country="BG",
                      place=Place(latitude_microdegrees=42697700, longitude_microdegrees=23321900))
    lines = [NewLine(external_code=external_code, quantity=quantity)]
    return NewOrder(channel="web", external_reference=f"py-{uuid.uuid4()}", currency="EUR", ship_to=address, lines=lines)


key = str(uuid.uuid4())
wanted = order("TEA", 1)
accepted = post_order.sync(client=client, body=wanted, idempotency_key=key)
assert isinstance(accepted, Accepted), accepted
assert sum(part.units for part in accepted.fulfilment_orders) == 1, accepted

again = post_order.sync_detailed(client=client, body=wanted, idempotency_key=key)
assert again.headers["idempotent-replayed"] == "true" and again.parsed.order_id == accepted.order_id, again

seen = get_order.sync(accepted.order_id, client=client)
assert isinstance(seen, Order) and seen.order.status == "to_pick", seen

cancelled = post_cancellation.sync(
    accepted.order_id, client=client, body=Cancellation(reason="changed their mind"), idempotency_key=str(uuid.uuid4())
)
assert isinstance(cancelled, Cancelled) and cancelled.cancelled_units == 1, cancelled
assert get_order.sync(accepted.order_id, client=client).order.status == "cancelled"

refused = post_order.sync(client=client, body=order("SOUP", 1), idempotency_key=str(uuid.uuid4()))
assert isinstance(refused, Problem) and refused.code == "unknown-listing", refused
print("placed and cancelled", accepted.order_id)
