"""TODO"""
from cnnspec.solve.regions import CannotFollow
def search_cp_sat(request): raise CannotFollow("not yet")
