#include "analyzer/tracker/port_names.h"

#include <stddef.h>

enum { PROTOCOL_TCP = 6, PROTOCOL_UDP = 17 };
enum { TCP = 1, UDP = 2, BOTH = TCP | UDP };

struct port {
	uint16_t number;
	uint8_t over;
	const char *name;
};

/* Ascending. */
static const struct port ports[] = {
	{ 7, BOTH, "echo" },
	{ 9, BOTH, "discard" },
	{ 13, BOTH, "daytime" },
	{ 19, BOTH, "chargen" },
	{ 20, TCP, "ftp-data" },
	{ 21, TCP, "ftp" },
	{ 22, TCP, "ssh" },
	{ 23, TCP, "telnet" },
	{ 25, TCP, "smtp" },
	{ 37, BOTH, "time" },
	{ 43, TCP, "whois" },
	{ 49, BOTH, "tacacs" },
	{ 53, BOTH, "domain" },
	{ 67, UDP, "bootps" },
	{ 68, UDP, "bootpc" },
	{ 69, UDP, "tftp" },
	{ 79, TCP, "finger" },
	{ 80, BOTH, "http" },
	{ 88, BOTH, "kerberos" },
	{ 110, TCP, "pop3" },
	{ 111, BOTH, "sunrpc" },
	{ 119, TCP, "nntp" },
	{ 123, UDP, "ntp" },
	{ 135, BOTH, "epmap" },
	{ 137, BOTH, "netbios-ns" },
	{ 138, UDP, "netbios-dgm" },
	{ 139, TCP, "netbios-ssn" },
	{ 143, TCP, "imap" },
	{ 161, BOTH, "snmp" },
	{ 162, BOTH, "snmptrap" },
	{ 179, TCP, "bgp" },
	{ 194, TCP, "irc" },
	{ 389, BOTH, "ldap" },
	{ 427, BOTH, "svrloc" },
	{ 443, BOTH, "https" },
	{ 445, TCP, "microsoft-ds" },
	{ 465, TCP, "submissions" },
	{ 500, UDP, "isakmp" },
	{ 502, TCP, "mbap" },
	{ 514, UDP, "syslog" },
	{ 515, TCP, "printer" },
	{ 520, UDP, "router" },
	{ 546, UDP, "dhcpv6-client" },
	{ 547, UDP, "dhcpv6-server" },
	{ 554, BOTH, "rtsp" },
	{ 587, TCP, "submission" },
	{ 631, BOTH, "ipp" },
	{ 636, TCP, "ldaps" },
	{ 853, BOTH, "domain-s" },
	{ 873, TCP, "rsync" },
	{ 989, TCP, "ftps-data" },
	{ 990, TCP, "ftps" },
	{ 993, TCP, "imaps" },
	{ 995, TCP, "pop3s" },
	{ 1080, TCP, "socks" },
	{ 1194, BOTH, "openvpn" },
	{ 1433, TCP, "ms-sql-s" },
	{ 1701, UDP, "l2tp" },
	{ 1723, TCP, "pptp" },
	{ 1812, UDP, "radius" },
	{ 1813, UDP, "radius-acct" },
	{ 1883, TCP, "mqtt" },
	{ 1900, UDP, "ssdp" },
	{ 2049, BOTH, "nfs" },
	{ 3128, TCP, "squid-http" },
	{ 3306, TCP, "mysql" },
	{ 3389, BOTH, "ms-wbt-server" },
	{ 3478, BOTH, "stun" },
	{ 4500, UDP, "ipsec-nat-t" },
	{ 4789, UDP, "vxlan" },
	{ 5060, BOTH, "sip" },
	{ 5061, TCP, "sips" },
	{ 5222, TCP, "xmpp-client" },
	{ 5353, UDP, "mdns" },
	{ 5355, BOTH, "llmnr" },
	{ 5432, TCP, "postgresql" },
	{ 5683, UDP, "coap" },
	{ 5900, TCP, "rfb" },
	{ 6379, TCP, "redis" },
	{ 6667, TCP, "ircu" },
	{ 8080, TCP, "http-alt" },
	{ 8443, TCP, "pcsync-https" },
	{ 8883, TCP, "secure-mqtt" },
	{ 27017, TCP, "mongodb" },
	{ 51820, UDP, "wireguard" },
};

const char *
port_name(uint8_t ip_protocol, uint16_t port)
{
	unsigned over = ip_protocol == PROTOCOL_TCP ? TCP :
	    ip_protocol == PROTOCOL_UDP ? UDP : 0;
	size_t first = 0, end = sizeof(ports) / sizeof(ports[0]);

	while (first < end) {
		size_t middle = first + (end - first) / 2;

		if (ports[middle].number == port)
			return ports[middle].over & over ?
			    ports[middle].name : NULL;
		if (ports[middle].number < port)
			first = middle + 1;
		else
			end = middle;
	}
	return NULL;
}

const char *
port_pair_name(uint8_t ip_protocol, const uint16_t pair[2])
{
	unsigned low = pair[1] < pair[0];
	const char *name = port_name(ip_protocol, pair[low]);

	return name != NULL ? name : port_name(ip_protocol, pair[!low]);
}
