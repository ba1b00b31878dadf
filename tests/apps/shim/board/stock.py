STOCK = {"lamps": 12, "chairs": 4}
