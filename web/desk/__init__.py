"""The bureau's side.

How a page is added:

1. A module with ``pages = desk_pages("name")`` (:mod:`web.desk.pages`) and views below ``/desk/``.
   A view names its right, out of the API's own table, and receives the ``principal``; nothing else
   lets anybody in::

       @pages.route("/desk/visits", methods=["GET"])
       @desk(Right.READ_VISITS)
       def board(principal: Principal) -> Response:
           return page("desk/visits.html", found=visit_list.list_visits(services().db, principal))

   About somebody's account: ``@own_account``, which gives the ``session``. A view calls a use case
   of ``casework/``, which writes the look on the trail; it holds neither SQL nor rules.
2. A template in `templates/desk/`: ``{% extends layout %}``, the blocks ``title`` and ``main``. A
   form holds ``{{ token() }}`` and is read with ``posted()`` or ``read_posted(schema)`` of
   :mod:`web.parts.posted`; its fields are drawn with `desk/fields.html`, or from a schema with
   :mod:`web.parts.forms`. Afterwards ``go_to(address)``; what was done is told once with
   ``tell(go_to(address), "…")`` of :mod:`web.desk.told`, where the page shows ``done``.
3. The set of pages in ``PAGES`` of :mod:`web.app`, and a line in ``MENU`` of :mod:`web.desk.menu`
   for the navigation: it is shown to whoever has its right.
4. ``MAY`` of `tests/web/desk/test_roles.py`: who may open it. That test walks every route of the
   desk. `tests/web/desk/test_desk_in_browser.py`: its address, for axe, both widths, CSP.

What goes wrong becomes a page by itself: without a session the login, which leads back here and
loses nothing typed; without the right, who has it; for another bureau's case (a view argument
``receipt``), which bureau has it (:mod:`web.desk.refusals`).
"""
