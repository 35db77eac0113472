from flask import Flask
def init_api(app: Flask) -> None: pass
