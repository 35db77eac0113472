from flask import Flask
def init_cli(app: Flask) -> None: pass
