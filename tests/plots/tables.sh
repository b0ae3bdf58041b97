# shellcheck shell=sh disable=SC2034 # used by the test
# Tables as pcapstat writes them, made without it, so that the plots are tested
# by numbers that are known.  Sourced.

summary_columns=file,packets_in,packets_out,bytes_in,bytes_out,time_in_mean,\
time_in_median,time_in_std,time_out_mean,time_out_median,time_out_std,\
packets_total,time_in_p90,time_in_p99,time_out_p90,time_out_p99,status

# One row: NAME PACKETS-IN PACKETS-OUT [STATUS]
summary_row()
{
	printf '%s,%d,%d,%d,%d,0.02,0.0001,0.2,0.03,0.0002,0.3,%d,' \
	    "$1" "$2" "$3" $(($2 * 900)) $(($3 * 120)) $(($2 + $3))
	printf '0.05,0.4,0.06,0.7,%s\n' "${4-ok}"
}

# The names are those that a plot may get wrong: letters that gnuplot's text
# and formats know, a comma, one too long for its place; an unreadable input.
long_name=folder/of/a/very/long/path/2024-01-15_building7_floor3_0001.pcap.gz
summary_table()
{
	echo "$summary_columns"
	summary_row web_browsing.pcap 551 458
	summary_row 'video_{call}^2 @home.pcap' 1200 300
	summary_row '"100%d done, part 2.pcap"' 40 0
	summary_row "$long_name" 800 799 cut
	echo 'broken.pcap,,,,,,,,,,,,,,,,unreadable'
}

captures_30()
{
	echo "$summary_columns"
	i=0
	while [ $i -lt 30 ]; do
		summary_row "capture_number_$i.pcap" $((i * 37 + 5)) $((i * 11))
		i=$((i + 1))
	done
}

# A capture of 400 packets in bursts: 2 of 5 out, one of 100 other, gaps from
# 0 to seconds, one step back in time.
packets_table()
{
	awk 'BEGIN {
		print "Source_IP,Destination_IP,packet_len,time,file,number," \
		    "direction,frame_len,cap_len,protocol,src_port,dst_port," \
		    "iat_s,tcp_flags,tcp_seq,tcp_ack,payload_len"
		us = 999500
		for (i = 1; i <= 400; i++) {
			us += i % 40 == 0 ? 2500000 : i == 77 ? -3000 : \
			    i % 7 == 0 ? 0 : i * i % 900 + 1
			d = i % 100 == 0 ? "other" : i % 5 < 2 ? "out" : "in"
			gap = d in last ? sprintf("%s%d.%06d", \
			    us < last[d] ? "-" : "", \
			    abs(us - last[d]) / 1000000, \
			    abs(us - last[d]) % 1000000) : ""
			last[d] = us
			ip = d == "out" ? "192.168.1.7,10.0.0.1" : \
			    d == "in" ? "10.0.0.1,192.168.1.7" : ","
			len = d == "other" ? "" : 40 + i * 31 % 1461
			printf "%s,%s,%d.%06d,\"a,b.pcap\",%d,%s,%d,%d,TCP,80," \
			    "5000,%s,\"SYN,ACK\",1,2,0\n", ip, len, \
			    1700000000 + int(us / 1000000), us % 1000000, i, d, \
			    len + 14, len + 14, gap
		}
	}
	function abs(x) { return x < 0 ? -x : x }'
}

# Segments of two connections of which the other's scales stand in lines with
# the number of the first in their ports: 2 is what the picture of 2 is about.
segments_table()
{
	cat <<'END'
file,number,connection,time,src_ip,src_port,dst_ip,dst_port,sender,flags,window,payload_len,verdict,rtt_s,options,seq_rel,ack_rel
a.pcap,1,2,1.0,10.0.0.1,9000,10.0.0.2,80,client,SYN,1000,0,,,"mss 1460, wscale 1",0,
a.pcap,2,2,1.1,10.0.0.2,80,10.0.0.1,9000,server,"SYN,ACK",1000,0,,0.1,"mss 1460, wscale 1",0,1
a.pcap,3,2,1.2,10.0.0.1,9000,10.0.0.2,80,client,ACK,1000,0,,,,1,1
a.pcap,4,2,1.3,10.0.0.2,80,10.0.0.1,9000,server,"PSH,ACK",1000,500,,,,1,1
a.pcap,5,3,1.4,10.0.0.1,9001,10.0.0.2,2,client,SYN,1000,0,,,"mss 1460, wscale 7",0,
a.pcap,6,3,1.5,10.0.0.2,2,10.0.0.1,9001,server,"SYN,ACK",1000,0,,0.1,"mss 1460, wscale 7",0,1
a.pcap,7,2,1.6,10.0.0.1,9000,10.0.0.2,80,client,ACK,1000,0,,0.3,,1,501
END
}
