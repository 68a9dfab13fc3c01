"""How alembic runs our migrations: on the connection that the store hands it."""

from alembic import context

from ownstream.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
context.run_migrations()
