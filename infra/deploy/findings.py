"""What a look at the account finds."""

from telling import arrows

class Findings:
    """What was found: errors stop a deployment, warnings do not."""

    def __init__(self) -> None:
        self.errors = 0

    def ok(self, said: str) -> None:
        print(f"ok       {said}")

    def warn(self, said: str, remedy: str) -> None:
        print(f"warning  {said}\n{arrows(remedy, 9)}")

    def error(self, said: str, remedy: str) -> None:
        self.errors += 1
        print(f"ERROR    {said}\n{arrows(remedy, 9)}")
