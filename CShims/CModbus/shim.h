#include <modbus.h>
#include <modbus-tcp.h>
#include <modbus-rtu.h>
