"""What all listening services share, and none of them has to write again.

================= ==============================================================================
``addresses``     addresses in words; which are loopback
``configuration`` the umbrella's configuration file
``connections``   who is connected: admission, deadlines, the drain, log lines
``endpoints``     where to listen: Twisted's endpoint strings, and ``udp:``
``limits``        the bounds that every service keeps
``liveness``      telling a client that has left from one that has only stopped sending
``options``       the command line that every plugin understands
``proxied``       the PROXY protocol, for services behind HAProxy
``proxy_header``  its header, as a pure function of bytes
``service``       a listening service, as Twisted's ``IService``
``transports``    closing so that the client can read all that it was sent
``suite``         some services run as one process: ready lines and file, signals, the drain
================= ==============================================================================
"""
