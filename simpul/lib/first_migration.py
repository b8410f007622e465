"""The first migration of an app, in which all its tables are made at once."""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import CreateModel, Migration
from django.db.migrations.state import ProjectState


class FirstMigration(Migration):
    """Makes the tables as they are after all operations; Django would render every model that is
    near anew for each of them, which grows with the square of their number.

    docs/decisions/0027-migrations-begin-anew.md
    """

    def apply(
        self,
        project_state: ProjectState,
        schema_editor: BaseDatabaseSchemaEditor,
        collect_sql: bool = False,
    ) -> ProjectState:
        """Make them; data is not touched, so nothing but tables may be asked for here."""
        vars(project_state).pop("apps", None)  # else it is rendered anew with each operation
        for operation in self.operations:
            operation.state_forwards(self.app_label, project_state)
        apps = project_state.apps
        for operation in self.operations:
            if isinstance(operation, CreateModel):
                schema_editor.create_model(apps.get_model(self.app_label, operation.name))
        return project_state
